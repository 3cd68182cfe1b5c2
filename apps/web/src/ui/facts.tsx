import type { JSX } from 'solid-js'
import { CopyButton } from './copy-button.tsx'
import styles from './facts.module.css'

/** What is known, line by line. */
export function Facts(props: { children: JSX.Element }) {
  return <dl class={styles.facts}>{props.children}</dl>
}

export function Fact(props: { term: string; children: JSX.Element }) {
  return (
    <div>
      <dt>{props.term}</dt>
      <dd>{props.children}</dd>
    </div>
  )
}

/** To be pasted into a search, a ticket, or a command. */
export function IdFact(props: { id: string; term?: string }) {
  const term = () => props.term ?? 'Id'
  // It stands within a sentence.
  const inWords = () => term().charAt(0).toLowerCase() + term().slice(1)
  return (
    <Fact term={term()}>
      <code>{props.id}</code>
      <CopyButton text={props.id} what={inWords()} />
    </Fact>
  )
}

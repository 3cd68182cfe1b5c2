import { A, useLocation } from '@solidjs/router'
import { createSignal, For, onMount, Show, untrack } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { ErrorLine } from '../../ui/error-line.tsx'
import { formats } from '../../ui/formats.ts'
import { absoluteTime } from '../../ui/relative-time.ts'
import { idOf, type TrailNode as Node } from './group.ts'
import { kindIcons } from './icons.ts'
import { NodeFacts } from './node-facts.tsx'
import { StateBadges } from './state-badges.tsx'
import styles from './trail-node.module.css'
import { afterWords, amountWords, betweenWords, kindWords, typeWords } from './words.ts'

/** What happened, and indented under it what came of it. */
export function Tree(props: { nodes: readonly Node[]; start: string; label?: string }) {
  return (
    <ul class={styles.tree} aria-label={props.label}>
      <For each={props.nodes}>{(node) => <TrailNode node={node} start={props.start} />}</For>
    </ul>
  )
}

function TrailNode(props: { node: Node; start: string }) {
  const first = () => props.node.items[0]
  // What one came to ask about, from a mail that it led to.
  const location = useLocation()
  const wanted = untrack(() => first().kind === 'event' && location.hash === `#${idOf(first())}`)
  const [open, setOpen] = createSignal(wanted)
  let summary!: HTMLElement
  onMount(() => {
    if (!wanted) return
    summary.focus({ preventScroll: true })
    summary.scrollIntoView({ block: 'center' })
  })
  const errors = () => [...new Set(props.node.items.flatMap(({ error }) => error ?? []))]
  const isDead = () => props.node.items.some(({ state }) => state === 'dead')
  return (
    <li class={styles.item}>
      <details open={wanted} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary ref={summary} class={styles.line}>
          <span class={styles.icon} data-kind={first().kind}>
            <Dynamic component={kindIcons[first().kind]} size={14} />
          </span>
          <span class={styles.words}>
            <span class={styles.title}>
              {typeWords(first())}
              <StateBadges items={props.node.items} />
            </span>
            <span class={styles.detail}>
              {kindWords[first().kind]} · {betweenWords(props.node.items)}
              <Show when={amountWords(first())}>{(amount) => <> · {amount()}</>}</Show>
            </span>
            <For each={errors()}>{(error) => <ErrorLine error={error} />}</For>
          </span>
          <time
            class={styles.when}
            datetime={first().at}
            title={absoluteTime(new Date(first().at), formats().locale, formats().timeZone)}
          >
            {afterWords(props.start, first().at)}
          </time>
        </summary>
        <Show when={open()}>
          <div class={styles.more}>
            <NodeFacts items={props.node.items} />
            <Show when={isDead()}>
              <A href={`/operators/dead-letters?module=${first().module}`}>Dead letters of {first().module}</A>
            </Show>
          </div>
        </Show>
      </details>
      <Show when={props.node.children.length > 0}>
        <Tree nodes={props.node.children} start={props.start} />
      </Show>
    </li>
  )
}

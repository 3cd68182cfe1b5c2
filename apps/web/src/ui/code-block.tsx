import Copy from 'lucide-solid/icons/copy'
import { type JSX, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { Button } from './button.tsx'
import styles from './code-block.module.css'
import { copyText } from './copy.ts'
import { capitalized } from './in-words.ts'

export interface CodeBlockProps {
  title: string
  /** Of its heading: 2 where none but the screen's is above it. */
  level?: 2 | 3
  /** What it is within a sentence: "example". Unique on the screen. */
  what: string
  code: string
  /** What is copied in place of what is shown: the same to the byte, where that is set in lines to be read. */
  exact?: string
  /** Beside the title. */
  beside?: JSX.Element
  /** Below it, in a sentence. */
  hint?: JSX.Element
}

/** Text of programs, to be read and copied. What is long scrolls inside. */
export function CodeBlock(props: CodeBlockProps) {
  return (
    <div class={styles.block}>
      <div class={styles.head}>
        <div class={styles.title}>
          <Dynamic component={`h${props.level ?? 3}`}>{props.title}</Dynamic>
          {props.beside}
        </div>
        <Button
          size="small"
          variant="quiet"
          aria-label={`Copy the ${props.what}`}
          action={() => copyText(props.exact ?? props.code, `${capitalized(props.what)} copied`)}
        >
          <Copy size={16} />
          Copy
        </Button>
      </div>
      <pre class={styles.code} tabIndex={0} role="group" aria-label={capitalized(props.what)}>
        {props.code}
      </pre>
      <Show when={props.hint}>
        <p class={styles.hint}>{props.hint}</p>
      </Show>
    </div>
  )
}

import { createSignal, Show } from 'solid-js'
import styles from './request-id.module.css'

/** The id under which a failure was recorded, to be copied into a message to support. */
export function RequestId(props: { id: string | undefined }) {
  const [copied, setCopied] = createSignal(false)
  const copy = async (id: string) => {
    await navigator.clipboard.writeText(id)
    setCopied(true)
    setTimeout(() => setCopied(false), 2000)
  }
  return (
    <Show when={props.id}>
      {(id) => (
        <p class={styles.request}>
          Request <code>{id()}</code>
          <button type="button" aria-live="polite" onClick={() => void copy(id())}>
            {copied() ? 'Copied' : 'Copy'}
          </button>
        </p>
      )}
    </Show>
  )
}

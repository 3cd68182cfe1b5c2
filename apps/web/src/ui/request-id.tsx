import Check from 'lucide-solid/icons/check'
import Copy from 'lucide-solid/icons/copy'
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
          <button type="button" aria-label="Copy the request id" onClick={() => void copy(id())}>
            <Show when={copied()} fallback={<Copy size={16} />}>
              <Check size={16} />
            </Show>
          </button>
          <span class="unseen" aria-live="polite">
            {copied() ? 'Copied' : ''}
          </span>
        </p>
      )}
    </Show>
  )
}

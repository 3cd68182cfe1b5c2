import CircleAlert from 'lucide-solid/icons/circle-alert'
import CircleCheck from 'lucide-solid/icons/circle-check'
import X from 'lucide-solid/icons/x'
import { For, Show } from 'solid-js'
import { dismiss, toasts } from './toast.ts'
import styles from './toasts.module.css'

/** Mounted once. The live region exists before its first message, else screen readers miss that one. */
export function Toasts() {
  return (
    // A dialog hides from assistive technology what is beside it, and not what bears Kobalte’s mark.
    <section class={styles.toasts} aria-label="Messages" aria-live="polite" data-live-announcer>
      <For each={toasts()}>
        {(item) => (
          <div class={styles.toast} data-tone={item.tone ?? 'success'}>
            <Show when={item.tone === 'danger'} fallback={<CircleCheck size={16} />}>
              <CircleAlert size={16} />
            </Show>
            <div class={styles.words}>
              <p class={styles.title}>{item.title}</p>
              <Show when={item.detail}>
                <p class={styles.detail}>{item.detail}</p>
              </Show>
            </div>
            <Show when={item.undo}>
              {(undo) => (
                <button
                  type="button"
                  class={styles.undo}
                  onClick={() => {
                    undo()()
                    dismiss(item.id)
                  }}
                >
                  Undo
                </button>
              )}
            </Show>
            <button type="button" class={styles.close} aria-label="Dismiss" onClick={() => dismiss(item.id)}>
              <X size={16} />
            </button>
          </div>
        )}
      </For>
    </section>
  )
}

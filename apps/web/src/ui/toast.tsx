import CircleAlert from 'lucide-solid/icons/circle-alert'
import CircleCheck from 'lucide-solid/icons/circle-check'
import X from 'lucide-solid/icons/x'
import { createSignal, For, Show } from 'solid-js'
import { explain } from './failure.ts'
import styles from './toast.module.css'

export interface Toast {
  title: string
  detail?: string
  tone?: 'success' | 'danger'
  /** What can be taken back is not asked about beforehand; it is offered here. */
  undo?: () => void
}

const [toasts, setToasts] = createSignal<(Toast & { id: number })[]>([])
let last = 0

/** Says what happened, for six seconds; what went wrong stays until it is dismissed. */
export function toast(said: Toast) {
  const id = ++last
  setToasts((others) => [...others.slice(-2), { ...said, id }])
  if (said.tone !== 'danger') setTimeout(() => dismiss(id), 6000)
}

export function toastFailure(error: unknown) {
  const { title, advice } = explain(error)
  toast({ title, detail: advice, tone: 'danger' })
}

/** Mounted once. The live region exists before its first message, else screen readers miss that one. */
export function Toasts() {
  return (
    <section class={styles.toasts} aria-label="Messages" aria-live="polite">
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

function dismiss(id: number) {
  setToasts((all) => all.filter((item) => item.id !== id))
}

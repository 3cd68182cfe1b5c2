import { A, type AnchorProps } from '@solidjs/router'
import { createSignal, type JSX, Show, splitProps } from 'solid-js'
import styles from './button.module.css'
import { toastFailure } from './toast.ts'

interface Look {
  variant?: 'primary' | 'secondary' | 'quiet' | 'danger'
  size?: 'small' | 'medium' | 'large'
  /** As wide as what holds it. */
  wide?: boolean
  /** For an icon alone; give the button an `aria-label`. */
  square?: boolean
}

export interface ButtonProps extends Look, JSX.ButtonHTMLAttributes<HTMLButtonElement> {
  /** What a press starts. Until it settles the button shows progress and ignores presses; its failure is a toast. */
  action?: () => Promise<unknown>
  /** Progress that someone else knows of (a form's). */
  pending?: boolean
  /** Cannot be pressed for a while. */
  waiting?: boolean
}

const look = ['variant', 'size', 'wide', 'square', 'class'] as const

/** A button that waits stays focusable (`aria-disabled`, not `disabled`): focus must not fall out of the page. */
export function Button(props: ButtonProps) {
  const [own, looks, rest] = splitProps(props, ['action', 'pending', 'waiting', 'onClick', 'children'], look)
  const [running, setRunning] = createSignal(false)
  const pending = () => own.pending === true || running()
  const inert = () => pending() || own.waiting === true

  const press: JSX.EventHandler<HTMLButtonElement, MouseEvent> = (event) => {
    if (inert()) return event.preventDefault()
    if (typeof own.onClick === 'function') own.onClick(event)
    if (!own.action) return
    setRunning(true)
    void own
      .action()
      .catch(toastFailure)
      .finally(() => setRunning(false))
  }

  return (
    <button
      type="button"
      {...rest}
      class={classOf(looks)}
      aria-disabled={inert() || undefined}
      aria-busy={pending() || undefined}
      onClick={press}
    >
      <span class={styles.label}>{own.children}</span>
      <Show when={pending()}>
        <span class={styles.ring} />
      </Show>
    </button>
  )
}

/** Looks like a button, goes somewhere. */
export function ButtonLink(props: Look & AnchorProps) {
  const [looks, rest] = splitProps(props, look)
  return <A {...rest} class={classOf(looks)} />
}

/** The classes of a button, for parts of other libraries that are buttons already. */
export function classOf({
  variant = 'secondary',
  size = 'medium',
  wide,
  square,
  class: extra,
}: Look & { class?: string | undefined }): string {
  return [
    styles.button,
    styles[variant],
    size !== 'medium' && styles[size],
    wide && styles.wide,
    square && styles.square,
    extra,
  ]
    .filter(Boolean)
    .join(' ')
}

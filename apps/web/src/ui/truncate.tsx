import { Tooltip } from '@kobalte/core/tooltip'
import { A } from '@solidjs/router'
import { createSignal, Show } from 'solid-js'
import styles from './truncate.module.css'

/**
 * Cuts what is too long; the whole appears on hover and on focus. Only what is cut can be focused, or what leads
 * somewhere.
 */
export function Truncate(props: { text: string; href?: string }) {
  const [open, setOpen] = createSignal(false)
  const [cut, setCut] = createSignal(false)
  const measure = (element: HTMLElement) => {
    const observer = new ResizeObserver(() => setCut(element.scrollWidth > element.clientWidth))
    observer.observe(element)
  }
  return (
    <Tooltip open={open() && cut()} onOpenChange={setOpen} openDelay={200}>
      <Show
        when={props.href}
        fallback={
          <Tooltip.Trigger as="span" ref={measure} class={styles.text} dir="auto" tabIndex={cut() ? 0 : undefined}>
            {props.text}
          </Tooltip.Trigger>
        }
      >
        {(href) => (
          <Tooltip.Trigger as={A} href={href()} ref={measure} class={styles.text} dir="auto">
            {props.text}
          </Tooltip.Trigger>
        )}
      </Show>
      <Tooltip.Portal>
        <Tooltip.Content class={styles.whole} dir="auto">
          {props.text}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip>
  )
}

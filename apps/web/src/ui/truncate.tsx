import { Tooltip } from '@kobalte/core/tooltip'
import { createSignal } from 'solid-js'
import styles from './truncate.module.css'

/** Cuts what is too long; the whole appears on hover and on focus, and only what is cut can be focused. */
export function Truncate(props: { text: string }) {
  const [open, setOpen] = createSignal(false)
  const [cut, setCut] = createSignal(false)
  const measure = (element: HTMLElement) => {
    const observer = new ResizeObserver(() => setCut(element.scrollWidth > element.clientWidth))
    observer.observe(element)
  }
  return (
    <Tooltip open={open() && cut()} onOpenChange={setOpen} openDelay={200}>
      <Tooltip.Trigger as="span" ref={measure} class={styles.text} tabIndex={cut() ? 0 : undefined}>
        {props.text}
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content class={styles.whole}>{props.text}</Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip>
  )
}

import { Popover as Parts } from '@kobalte/core/popover'
import { createSignal, type JSX } from 'solid-js'
import styles from './popover.module.css'

export interface PopoverProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** The name of the trigger, which shows an icon. */
  label: string
  /** The classes of the trigger. */
  class: string
  trigger: JSX.Element
  title: string
  /** At the title's end. */
  action?: JSX.Element
  children: JSX.Element
}

/** A look at something from anywhere: beside its trigger, over the screen, closed by Escape or a press elsewhere. */
export function Popover(props: PopoverProps) {
  // After the trigger also for the keyboard. (Only what comes by a portal is given the focus, and gives it back.)
  const [place, setPlace] = createSignal(document.body)
  return (
    <Parts open={props.open} onOpenChange={props.onOpenChange} placement="bottom-start" gutter={6}>
      <div ref={setPlace}>
        <Parts.Trigger class={props.class} aria-label={props.label}>
          {props.trigger}
        </Parts.Trigger>
      </div>
      <Parts.Portal mount={place()}>
        <Parts.Content class={styles.popover}>
          <header class={styles.head}>
            <Parts.Title>{props.title}</Parts.Title>
            {props.action}
          </header>
          {props.children}
        </Parts.Content>
      </Parts.Portal>
    </Parts>
  )
}

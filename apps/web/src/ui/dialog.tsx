import { Dialog as Parts } from '@kobalte/core/dialog'
import X from 'lucide-solid/icons/x'
import { type JSX, Show } from 'solid-js'
import { classOf } from './button.tsx'
import styles from './dialog.module.css'
import { createFocusReturn } from './return-focus.ts'

export interface DialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  description?: JSX.Element
  /** A sheet comes in from the side, as high as the window. */
  sheet?: boolean
  /** It is left by what is in it, and neither by Escape nor by a press beside it. */
  locked?: boolean
  children: JSX.Element
}

/** Traps the focus while it is open and gives it back where it was. */
export function Dialog(props: DialogProps) {
  const giveBack = createFocusReturn(() => props.open)
  return (
    <Parts open={props.open} onOpenChange={props.onOpenChange}>
      <Parts.Portal>
        <Parts.Overlay class={styles.scrim} />
        <Parts.Content
          class={props.sheet ? styles.sheet : styles.dialog}
          onOpenAutoFocus={focusFirstField}
          onCloseAutoFocus={giveBack}
          onEscapeKeyDown={(event) => props.locked && event.preventDefault()}
          onInteractOutside={(event) => props.locked && event.preventDefault()}
        >
          <header class={props.sheet ? 'unseen' : styles.head}>
            <Parts.Title>{props.title}</Parts.Title>
            <Show when={!props.sheet && !props.locked}>
              <Parts.CloseButton class={classOf({ variant: 'quiet', size: 'small', square: true })} aria-label="Close">
                <X size={16} />
              </Parts.CloseButton>
            </Show>
          </header>
          <Show when={props.description}>
            <Parts.Description class={styles.description}>{props.description}</Parts.Description>
          </Show>
          {props.children}
        </Parts.Content>
      </Parts.Portal>
    </Parts>
  )
}

/** A dialog with a form is opened to be filled in, or to be sent; the close button is not what it begins with. */
function focusFirstField(event: Event) {
  const field = (event.currentTarget as HTMLElement).querySelector<HTMLElement>(
    'input:not([type="radio"]), input[type="radio"]:checked, select, textarea, button[autofocus]',
  )
  if (!field) return
  event.preventDefault()
  // A dialog under this one still holds the focus, until it has learned of this one.
  setTimeout(() => field.focus())
}

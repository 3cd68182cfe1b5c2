import type { JSX } from 'solid-js'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Form, SubmitButton } from './form.tsx'
import { Actions } from './settings.tsx'

export interface ConfirmDialogProps {
  title: string
  /** What will be, and for whom. */
  children: JSX.Element
  /** What may be better done first. */
  besides?: JSX.Element
  /** On the button that does it. */
  action: string
  run: () => Promise<unknown>
  onClose: () => void
}

/** Asks before what cannot be undone. A failure is told here, where it can be tried again. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Dialog open onOpenChange={props.onClose} title={props.title} description={props.children}>
      {props.besides}
      <Form submit={() => props.run().then(props.onClose)}>
        <Actions>
          <Button onClick={() => props.onClose()}>Cancel</Button>
          <SubmitButton variant="danger">{props.action}</SubmitButton>
        </Actions>
      </Form>
    </Dialog>
  )
}

import { type JSX, Show } from 'solid-js'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Form, SubmitButton } from './form.tsx'
import { Actions } from './settings.tsx'
import { TextField } from './text-field.tsx'

export interface ConfirmDialogProps {
  title: string
  /** What will be, and for whom. */
  children: JSX.Element
  /** What has to be typed before: for what can never be had again. */
  typed?: string
  /** On the button that does it. */
  action: string
  run: () => Promise<unknown>
  onClose: () => void
}

/** Asks before what cannot be undone. A failure is told here, where it can be tried again. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Dialog open onOpenChange={props.onClose} title={props.title} description={props.children}>
      <Form submit={() => props.run().then(props.onClose)}>
        <Show when={props.typed}>
          {(typed) => (
            <TextField
              name="typed"
              label={`Type “${typed()}” to go on`}
              autocomplete="off"
              autocapitalize="off"
              spellcheck={false}
              rule={(value) => (value.trim() === typed() ? undefined : 'This is not its name.')}
              required
            />
          )}
        </Show>
        <Actions>
          <Button onClick={() => props.onClose()}>Cancel</Button>
          <SubmitButton variant="danger">{props.action}</SubmitButton>
        </Actions>
      </Form>
    </Dialog>
  )
}

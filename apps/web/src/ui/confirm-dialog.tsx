import { type JSX, Show } from 'solid-js'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Form, type Rule, SubmitButton } from './form.tsx'
import { Actions } from './settings.tsx'
import { TextField } from './text-field.tsx'

export interface ConfirmDialogProps {
  title: string
  /** What will be, and for whom. */
  children: JSX.Element
  /** What may be better done first. */
  besides?: JSX.Element
  /** What has to be typed, because nothing brings it back: the name of what goes. */
  typed?: string
  /** On the button that does it. */
  action: string
  /** Of that button: `danger` where nothing brings back what it takes. */
  variant?: 'primary' | 'danger'
  run: () => Promise<unknown>
  onClose: () => void
}

/** Asks before what cannot be undone. A failure is told here, where it can be tried again. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Dialog open onOpenChange={props.onClose} title={props.title} description={props.children}>
      {props.besides}
      <Form submit={() => props.run().then(props.onClose)}>
        <Show when={props.typed}>
          {(name) => (
            <TextField
              name="typed"
              label={`Type “${name()}” to confirm`}
              autocomplete="off"
              spellcheck={false}
              rule={typedRule(name())}
              required
            />
          )}
        </Show>
        <Actions>
          <Button onClick={() => props.onClose()}>Cancel</Button>
          <SubmitButton variant={props.variant ?? 'danger'}>{props.action}</SubmitButton>
        </Actions>
      </Form>
    </Dialog>
  )
}

/** One space is as good as another, and so are two ways to write the same letter. */
export function typedRule(name: string): Rule {
  const plain = (text: string) => text.normalize('NFC').replace(/\s+/g, ' ').trim()
  return (value) => (plain(value) === plain(name) ? undefined : 'This is not what it says above.')
}

import { useAction } from '@solidjs/router'
import { createSignal, Show } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Actions } from '../../ui/settings.tsx'
import { CodesDialog } from './codes-dialog.tsx'
import { createRecoveryCodes } from './factors.ts'

export function NewCodesDialog(props: { onClose: () => void }) {
  const create = useAction(createRecoveryCodes)
  const [codes, setCodes] = createSignal<string[]>()
  return (
    <Show
      when={codes()}
      fallback={
        <Dialog
          open
          onOpenChange={props.onClose}
          title="Make new recovery codes?"
          description="Those that you have are worth nothing from then on, wherever you wrote them down."
        >
          <Form submit={async () => setCodes(await create())}>
            <Actions>
              <Button onClick={() => props.onClose()}>Cancel</Button>
              <SubmitButton>Make new codes</SubmitButton>
            </Actions>
          </Form>
        </Dialog>
      }
    >
      {(made) => <CodesDialog codes={made()} onClose={() => props.onClose()} />}
    </Show>
  )
}

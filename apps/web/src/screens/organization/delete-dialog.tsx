import type { Organization } from '@lightpress/users-contract'
import { createAsync, useAction } from '@solidjs/router'
import { Show } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { typedRule } from '../../ui/confirm-dialog.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Region } from '../../ui/region.tsx'
import { Actions } from '../../ui/settings.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { toast } from '../../ui/toast.ts'
import { ErasurePlanView } from '../personal-data/erasure-plan.tsx'
import { eraseOrganization, getErasurePlan } from './data.ts'

/** What would go, and then the name to be typed: a slip of the hand deletes nothing. */
export function DeleteDialog(props: { organization: Organization; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={props.onClose}
      title={`Delete ${props.organization.name}`}
      description="This is what would happen, as of now. Nothing has been changed yet."
    >
      <Region reads={[getErasurePlan.key]} heights={[12, 8]}>
        <Plan {...props} />
      </Region>
    </Dialog>
  )
}

function Plan(props: { organization: Organization; onClose: () => void }) {
  const plan = createAsync(() => getErasurePlan(props.organization.id))
  const erase = useAction(eraseOrganization)
  const submit = async () => {
    const { id, name } = props.organization
    await erase(id)
    toast({ title: `${name} is being deleted`, detail: 'A receipt comes by mail when all is done.' })
  }
  return (
    <Show when={plan()}>
      {(known) => (
        <>
          <ErasurePlanView plan={known()} />
          <Form submit={submit}>
            <TextField
              name="typed"
              label={`Type “${props.organization.name}” to confirm`}
              help="Everybody in it is put out at once. Nobody can bring it back, not even we."
              autocomplete="off"
              spellcheck={false}
              rule={typedRule(props.organization.name)}
              required
            />
            <Actions>
              <Button onClick={() => props.onClose()}>Cancel</Button>
              <SubmitButton variant="danger">Delete it</SubmitButton>
            </Actions>
          </Form>
        </>
      )}
    </Show>
  )
}

import { useAction, useNavigate } from '@solidjs/router'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Actions } from '../../ui/settings.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { toast } from '../../ui/toast.ts'
import { createOrganization } from './data.ts'

export function CreateOrganization(props: { onClose: () => void }) {
  const create = useAction(createOrganization)
  const navigate = useNavigate()
  // What is sent once more after a lost answer is the same request, for as long as the name is the same.
  const keys = new Map<string, string>()
  const submit = async ({ name = '' }) => {
    const wanted = name.trim()
    const key = keys.get(wanted) ?? crypto.randomUUID()
    keys.set(wanted, key)
    await create(wanted, key)
    props.onClose()
    navigate('/dashboard')
    toast({ title: `${wanted} is there`, detail: 'It is the one that you act for now.' })
  }
  return (
    <Dialog
      open
      onOpenChange={props.onClose}
      title="Create an organisation"
      description="A place to work together, with its own members, plan and data. You own it, and can hand it on."
    >
      <Form submit={submit}>
        <TextField
          name="name"
          label="Name"
          help="Its members see it, and it is on invitations and invoices. You can change it later."
          placeholder="Acme"
          autocomplete="organization"
          maxLength={100}
          required
        />
        <Actions>
          <Button onClick={() => props.onClose()}>Cancel</Button>
          <SubmitButton>Create it</SubmitButton>
        </Actions>
      </Form>
    </Dialog>
  )
}

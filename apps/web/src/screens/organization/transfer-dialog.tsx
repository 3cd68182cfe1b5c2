import type { Member, Organization } from '@lightpress/users-contract'
import { useAction } from '@solidjs/router'
import { createSignal } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { Combobox } from '../../ui/combobox.tsx'
import { typedRule } from '../../ui/confirm-dialog.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Actions } from '../../ui/settings.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { toast } from '../../ui/toast.ts'
import { MemberOption } from '../members/member-option.tsx'
import { createMemberSearch } from '../members/member-search.ts'
import { transferOrganization } from './data.ts'

export interface TransferDialogProps {
  organization: Organization
  /** Of the one who hands it on. */
  userId: string
  onClose: () => void
}

export function TransferDialog(props: TransferDialogProps) {
  const transfer = useAction(transferOrganization)
  const { found, look } = createMemberSearch(() => props.organization.id)
  const [chosen, setChosen] = createSignal<Member>()
  const others = () => found()?.filter(({ userId }) => userId !== props.userId)
  const submit = async () => {
    const successor = chosen()
    if (!successor) return
    const { id, name } = props.organization
    await transfer(id, successor.userId)
    props.onClose()
    toast({ title: `${successor.name} owns ${name} now`, detail: 'You are one of its admins.' })
  }
  return (
    <Dialog
      open
      onOpenChange={props.onClose}
      title={`Hand on ${props.organization.name}`}
      description="Whom you choose owns it from then on, with its billing and its data. You stay as an admin, and only they can give it back."
    >
      <Form submit={submit}>
        <Field
          name="successor"
          label="New owner"
          required
          rule={() => (chosen() ? undefined : 'Choose one of those who are found.')}
        >
          {(parts) => (
            <Combobox
              id={parts.id}
              name="successor"
              describedBy={parts.describedBy}
              invalid={parts.invalid()}
              placeholder="Name or address"
              found={others()}
              textOf={({ name }) => name}
              onType={(text) => {
                if (text !== chosen()?.name) setChosen(undefined)
                look(text)
              }}
              onPick={setChosen}
            >
              {(member) => <MemberOption member={member} />}
            </Combobox>
          )}
        </Field>
        <TextField
          name="typed"
          label={`Type “${props.organization.name}” to confirm`}
          autocomplete="off"
          spellcheck={false}
          rule={typedRule(props.organization.name)}
          required
        />
        <Actions>
          <Button onClick={() => props.onClose()}>Cancel</Button>
          <SubmitButton variant="danger">Hand it on</SubmitButton>
        </Actions>
      </Form>
    </Dialog>
  )
}

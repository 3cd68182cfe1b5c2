import type { Role } from '@lightpress/protocol'
import type { Organization } from '@lightpress/users-contract'
import { createAsync, revalidate } from '@solidjs/router'
import { createSignal, Show } from 'solid-js'
import { getMe } from '../../account/data.ts'
import { grantableRoles, roleWords } from '../../account/roles.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Form, SubmitButton, type Values } from '../../ui/form.tsx'
import { Region } from '../../ui/region.tsx'
import { SelectField } from '../../ui/select-field.tsx'
import { Actions } from '../../ui/settings.tsx'
import { TextAreaField } from '../../ui/text-area-field.tsx'
import { toast } from '../../ui/toast.ts'
import { aboutInvitations, invite } from './data.ts'
import { addressesFault, parseAddresses } from './parse-addresses.ts'
import { InviteResults } from './invite-results.tsx'
import { type Result, sendAll } from './send-all.ts'

const explanation = 'Each gets a mail with a link that is good for seven days, whether they have an account or not.'

export interface InviteDialogProps {
  organization: Organization
  onClose: () => void
}

/** One address or many, and then what became of each; those that were refused can be put right. */
export function InviteDialog(props: InviteDialogProps) {
  const [results, setResults] = createSignal<Result[]>()
  const [busy, setBusy] = createSignal(false)
  const [typed, setTyped] = createSignal<{ addresses: string; role: Role }>({ addresses: '', role: 'member' })

  const send = async (addresses: string, role: Role) => {
    setTyped({ addresses, role })
    const emails = parseAddresses(addresses).addresses
    setBusy(true)
    const done = await sendAll(emails, (email) => invite(props.organization.id, email, role), setResults)
    setBusy(false)
    void revalidate(aboutInvitations)
    const [first] = emails
    if (!done.every(({ state }) => state === 'sent')) return
    toast({ title: emails.length === 1 ? `Invitation sent to ${first}` : `${emails.length} invitations sent` })
    props.onClose()
  }
  const again = () => {
    const left = (results() ?? []).filter(({ state }) => state !== 'sent')
    setTyped(({ role }) => ({ role, addresses: left.map(({ email }) => email).join('\n') }))
    setResults(undefined)
  }

  return (
    <Dialog
      open
      locked={busy()}
      onOpenChange={props.onClose}
      title={`Invite people to ${props.organization.name}`}
      description={results() === undefined && explanation}
    >
      <Show
        when={results()}
        fallback={
          <Region reads={[getMe.key]} heights={[14]}>
            <InviteForm organization={props.organization} typed={typed()} send={send} onClose={() => props.onClose()} />
          </Region>
        }
      >
        {(known) => <InviteResults results={known()} busy={busy()} onAgain={again} onClose={() => props.onClose()} />}
      </Show>
    </Dialog>
  )
}

interface InviteFormProps extends InviteDialogProps {
  typed: { addresses: string; role: Role }
  send: (addresses: string, role: Role) => Promise<unknown>
}

function InviteForm(props: InviteFormProps) {
  const me = createAsync(() => getMe())
  const offered = () => grantableRoles(props.organization.role)
  const [role, setRole] = createSignal(props.typed.role)
  const chosen = (value: string | undefined): Role => offered().find((one) => one === value) ?? 'member'
  const submit = ({ addresses = '', role }: Values) => props.send(addresses, chosen(role))
  return (
    <Show when={me()}>
      {(person) => (
        <Form name="invite" owner={person().id} submit={submit}>
          <TextAreaField
            name="addresses"
            label="E-mail addresses"
            help="One or several: paste a list, a column, or what stands in a mail."
            placeholder="ada@example.com, grace@example.com"
            value={props.typed.addresses}
            rule={addressesFault}
            rows={3}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            required
            // The dialog may have opened before there was a field to begin with.
            ref={(field) => queueMicrotask(() => field.focus())}
          />
          <SelectField
            name="role"
            label="Role"
            value={role()}
            options={offered().map((value) => ({ value, label: roleWords[value].label }))}
            onChange={(value) => setRole(chosen(value))}
            help={roleWords[role()].may}
          />
          <Actions>
            <Button onClick={() => props.onClose()}>Cancel</Button>
            <SubmitButton>Send invitations</SubmitButton>
          </Actions>
        </Form>
      )}
    </Show>
  )
}

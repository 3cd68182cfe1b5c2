import type { Role } from '@lightpress/protocol'
import type { Organization } from '@lightpress/users-contract'
import { revalidate } from '@solidjs/router'
import { createSignal, Show, untrack } from 'solid-js'
import { grantableRoles, roleWords } from '../../account/roles.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { readDraft } from '../../ui/drafts.ts'
import { Form, SubmitButton, type Values } from '../../ui/form.tsx'
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
  /** Whose draft the addresses are, while they are typed and until all are sent. */
  owner: string
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
  // What was not sent is not lost, wherever they go to make room for it.
  const rest = () => {
    const left = (results() ?? []).filter(({ state }) => state !== 'sent')
    return left.length === 0 ? undefined : { ...typed(), addresses: left.map(({ email }) => email).join('\n') }
  }
  const again = () => {
    setTyped((before) => rest() ?? before)
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
      <Show when={results()} fallback={<InviteForm {...props} typed={typed()} send={send} rest={rest} />}>
        {(known) => <InviteResults results={known()} busy={busy()} onAgain={again} onClose={() => props.onClose()} />}
      </Show>
    </Dialog>
  )
}

interface InviteFormProps extends InviteDialogProps {
  typed: { addresses: string; role: Role }
  send: (addresses: string, role: Role) => Promise<unknown>
  rest: () => Values | undefined
}

function InviteForm(props: InviteFormProps) {
  // Who was meant for one organisation is not invited to another.
  const form = untrack(() => `invite-${props.organization.id}`)
  const offered = () => grantableRoles(props.organization.role)
  const chosen = (value: string | undefined): Role => offered().find((one) => one === value) ?? 'member'
  const [role, setRole] = createSignal(chosen(readDraft({ form, owner: props.owner }).role ?? props.typed.role))
  const submit = ({ addresses = '', role }: Values) => props.send(addresses, chosen(role))
  return (
    <Form name={form} owner={props.owner} submit={submit} rest={() => props.rest()}>
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
        // Whoever comes back from what became of them has left a button that is gone.
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
  )
}

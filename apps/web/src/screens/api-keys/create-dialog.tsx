import type { Scope } from '@lightpress/auth-contract'
import { createAsync, useAction } from '@solidjs/router'
import { createSignal, Show } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Form, SubmitButton, type Values } from '../../ui/form.tsx'
import { Region } from '../../ui/region.tsx'
import { Actions } from '../../ui/settings.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { createApiKey, getScopes } from './data.ts'
import { expiryOf } from './expiry.ts'
import { ExpiryField } from './expiry-field.tsx'
import { MadeDialog } from './made-dialog.tsx'
import { chosenScopes, type Role, ScopeField } from './scope-field.tsx'

export function CreateDialog(props: { role: Role; onClose: () => void }) {
  const [made, setMade] = createSignal<{ key: string; scopes: Scope[] }>()
  return (
    <Show
      when={made()}
      fallback={
        <Dialog
          open
          onOpenChange={props.onClose}
          title="Create an API key"
          description="For a program that acts for your organisation. Give it no more than it needs."
        >
          <Region reads={[getScopes.key]} heights={[24]}>
            <CreateForm role={props.role} onMade={setMade} onClose={() => props.onClose()} />
          </Region>
        </Dialog>
      }
    >
      {(known) => <MadeDialog made={known()} onClose={() => props.onClose()} />}
    </Show>
  )
}

interface FormProps {
  role: Role
  onMade: (made: { key: string; scopes: Scope[] }) => void
  onClose: () => void
}

function CreateForm(props: FormProps) {
  const scopes = createAsync(() => getScopes())
  const create = useAction(createApiKey)
  const submit = async (values: Values) => {
    const chosen = chosenScopes(values)
    const expiresAt = expiryOf(values.expiry ?? '', values.expiresAt ?? '', new Date())
    const { key } = await create({ name: (values.name ?? '').trim(), scopes: chosen, expiresAt })
    props.onMade({ key, scopes: (scopes() ?? []).filter(({ name }) => chosen.includes(name)) })
  }
  return (
    <Show when={scopes()}>
      {(known) => (
        <Form submit={submit}>
          <TextField
            name="name"
            label="Name"
            help="What uses it, and where: you will look for it by this."
            placeholder="Nightly export, staging"
            autocomplete="off"
            maxLength={80}
            required
            // The dialog may have opened before there was a field to begin with.
            ref={(field) => queueMicrotask(() => field.focus())}
          />
          <ScopeField scopes={known()} role={props.role} />
          <ExpiryField />
          <Actions>
            <Button onClick={() => props.onClose()}>Cancel</Button>
            <SubmitButton>Create the key</SubmitButton>
          </Actions>
        </Form>
      )}
    </Show>
  )
}

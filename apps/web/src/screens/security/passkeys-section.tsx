import type { Passkey } from '@lightpress/auth-contract'
import { createAsync, useAction } from '@solidjs/router'
import FingerprintPattern from 'lucide-solid/icons/fingerprint-pattern'
import Plus from 'lucide-solid/icons/plus'
import { createSignal, For, Show, Suspense } from 'solid-js'
import { getCredentials } from '../../account/credentials.ts'
import { passkeyObstacle } from '../../api/passkeys.ts'
import { screen } from '../../screen.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Note } from '../../ui/note.tsx'
import { Actions } from '../../ui/settings.tsx'
import { toast } from '../../ui/toast.ts'
import { addPasskey, removePasskey } from './factors.ts'
import { PasskeyRow } from './passkey-row.tsx'
import { useReadOnly } from './read-only.ts'
import { Row, Rows } from '../../ui/rows.tsx'
import { offerSignOut, othersSignedOut, SignOutOffer } from './sign-out-offer.tsx'

const CodesDialog = screen(() => import('./codes-dialog.tsx'), 'CodesDialog')

export function Passkeys() {
  const credentials = createAsync(() => getCredentials())
  const readOnly = useReadOnly()
  const obstacle = passkeyObstacle()
  const [removing, setRemoving] = createSignal<Passkey>()
  const [codes, setCodes] = createSignal<string[]>()
  const passkeys = () => credentials()?.passkeys ?? []
  const mayAdd = () => !readOnly() && obstacle === undefined
  const last = () => passkeys().length === 1 && credentials()?.totp === null
  return (
    <Show when={credentials()}>
      <Show
        when={passkeys().length > 0}
        fallback={
          <Rows label="Passkeys">
            <Row
              icon={FingerprintPattern}
              title="No passkey yet"
              action={
                <Show when={mayAdd()}>
                  <AddPasskey size="small" onCodes={setCodes} />
                </Show>
              }
            >
              Your device keeps it and opens it with your finger, your face or its own code.
            </Row>
          </Rows>
        }
      >
        <Rows label="Passkeys">
          <For each={passkeys()}>
            {(passkey) => <PasskeyRow passkey={passkey} onRemove={() => setRemoving(passkey)} />}
          </For>
        </Rows>
        <Show when={mayAdd()}>
          <Actions>
            <AddPasskey size="medium" onCodes={setCodes} />
          </Actions>
        </Show>
      </Show>
      <SignOutOffer part="passkeys" />
      <Show when={obstacle !== undefined && !readOnly()}>
        <Note tone="info">
          <p>{obstacle}</p>
        </Note>
      </Show>
      <Show when={removing()} keyed>
        {(passkey) => <RemovePasskey passkey={passkey} last={last()} onClose={() => setRemoving(undefined)} />}
      </Show>
      <Suspense>
        <Show when={codes()} keyed>
          {(made) => <CodesDialog codes={made} onClose={() => setCodes(undefined)} />}
        </Show>
      </Suspense>
    </Show>
  )
}

function AddPasskey(props: { size: 'small' | 'medium'; onCodes: (codes: string[]) => void }) {
  const add = useAction(addPasskey)
  const press = async () => {
    // The codes are shown once: what shows them has to be here before they are made.
    await CodesDialog.preload()
    const { passkey, recoveryCodes } = await add()
    const named = `It is called “${passkey.name}”.`
    toast({ title: 'Passkey added', detail: recoveryCodes ? `${named} ${othersSignedOut}` : named })
    if (recoveryCodes) props.onCodes(recoveryCodes)
    else await offerSignOut('passkeys')
  }
  return (
    <Button size={props.size} action={press}>
      <Plus size={16} />
      Add a passkey
    </Button>
  )
}

function RemovePasskey(props: { passkey: Passkey; last: boolean; onClose: () => void }) {
  const remove = useAction(removePasskey)
  const run = async () => {
    await remove(props.passkey.id)
    toast({ title: 'Passkey removed', detail: 'Remove it from your device as well, where it is of no use any more.' })
    await offerSignOut('passkeys')
  }
  return (
    <ConfirmDialog
      title={`Remove “${props.passkey.name}”?`}
      action="Remove passkey"
      run={run}
      onClose={() => props.onClose()}
    >
      {props.last
        ? 'It is your only second factor. Whoever learns your password gets in, and your recovery codes are gone as well.'
        : 'Nobody can sign in with it any more.'}
    </ConfirmDialog>
  )
}

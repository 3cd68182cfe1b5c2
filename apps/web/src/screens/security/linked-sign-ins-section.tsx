import type { Credentials, LinkedSignIn } from '@lightpress/auth-contract'
import { createAsync, useAction } from '@solidjs/router'
import Link from 'lucide-solid/icons/link'
import { createSignal, For, Show } from 'solid-js'
import { getCredentials } from '../../account/credentials.ts'
import { getMe } from '../../account/data.ts'
import { SetPassword } from '../../step-up/set-password.tsx'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.ts'
import { linkSignIn, unlinkSignIn } from './factors.ts'
import { getProviders } from '../sign-in/providers.ts'
import { useReadOnly } from './read-only.ts'
import { Row, Rows } from '../../ui/rows.tsx'

export function LinkedSignIns() {
  const credentials = createAsync(() => getCredentials())
  const providers = createAsync(() => getProviders())
  const readOnly = useReadOnly()
  const link = useAction(linkSignIn)
  const [unlinking, setUnlinking] = createSignal<LinkedSignIn>()
  const linked = () => credentials()?.linkedSignIns ?? []
  const open = () => (providers() ?? []).filter(({ id }) => !linked().some(({ provider }) => provider === id))
  return (
    <>
      <Rows label="Linked sign-ins">
        <For each={linked()}>{(sign) => <LinkedRow linked={sign} onUnlink={() => setUnlinking(sign)} />}</For>
        <For each={open()}>
          {({ id, name }) => (
            <Row
              icon={Link}
              title={name}
              action={
                <Show when={!readOnly()}>
                  <Button size="small" aria-label={`Link ${name}`} action={() => link(id)}>
                    Link
                  </Button>
                </Show>
              }
            >
              Not linked
            </Row>
          )}
        </For>
      </Rows>
      <Show when={unlinking()} keyed>
        {(sign) => <Unlink linked={sign} only={isOnlyWay(credentials())} onClose={() => setUnlinking(undefined)} />}
      </Show>
    </>
  )
}

function LinkedRow(props: { linked: LinkedSignIn; onUnlink: () => void }) {
  const readOnly = useReadOnly()
  return (
    <Row
      icon={Link}
      title={props.linked.providerName}
      action={
        <Show when={!readOnly()}>
          <Button size="small" aria-label={`Unlink ${props.linked.providerName}`} onClick={() => props.onUnlink()}>
            Unlink
          </Button>
        </Show>
      }
    >
      <Show when={props.linked.email}>{(email) => <>{email()} · </>}</Show>
      used <Time at={props.linked.lastUsedAt} />
    </Row>
  )
}

/** But for a link by mail, which is nobody's to take away. */
function isOnlyWay(credentials: Credentials | undefined): boolean {
  if (!credentials) return false
  const { password, passkeys, linkedSignIns } = credentials
  return !password && passkeys.length === 0 && linkedSignIns.length === 1
}

function Unlink(props: { linked: LinkedSignIn; only: boolean; onClose: () => void }) {
  const me = createAsync(() => getMe().catch(() => undefined))
  const unlink = useAction(unlinkSignIn)
  const run = async () => {
    await unlink(props.linked.id)
    toast({ title: `${props.linked.providerName} unlinked` })
  }
  return (
    <ConfirmDialog
      title={`Unlink ${props.linked.providerName}?`}
      action="Unlink"
      run={run}
      onClose={() => props.onClose()}
      besides={<Show when={props.only && me()}>{(person) => <SetPassword email={person().email} />}</Show>}
    >
      Nobody can sign in to your account with it any more.{' '}
      {props.only
        ? 'Then there is a link by mail, and nothing else: your account has neither a password nor a passkey.'
        : 'Your other ways in stay.'}
    </ConfirmDialog>
  )
}

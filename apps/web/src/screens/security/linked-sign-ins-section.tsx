import type { LinkedSignIn } from '@lightpress/auth-contract'
import { createAsync, useAction } from '@solidjs/router'
import Link from 'lucide-solid/icons/link'
import { createSignal, For, Show } from 'solid-js'
import { getCredentials } from '../../account/credentials.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.ts'
import { linkSignIn, unlinkSignIn } from './factors.ts'
import { getProviders } from '../sign-in/providers.ts'
import { useReadOnly } from './read-only.ts'
import { Row, Rows } from './rows.tsx'

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
        {(sign) => <Unlink linked={sign} onClose={() => setUnlinking(undefined)} />}
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

function Unlink(props: { linked: LinkedSignIn; onClose: () => void }) {
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
    >
      Nobody can sign in to your account with it any more. Make sure that you have another way in.
    </ConfirmDialog>
  )
}

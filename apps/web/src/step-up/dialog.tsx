import type { Credentials } from '@lightpress/auth-contract'
import { createAsync, revalidate, useAction } from '@solidjs/router'
import { createMemo, createSignal, For, Match, onMount, Show, Switch } from 'solid-js'
import { getCredentials } from '../account/credentials.ts'
import { passkeyObstacle } from '../api/passkeys.ts'
import { Button } from '../ui/button.tsx'
import { CodeField } from '../ui/code-field.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { FailedState } from '../ui/failed-state.tsx'
import { Form, SubmitButton } from '../ui/form.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import { prove, proveWithPasskey, proveWithProvider } from './data.ts'
import styles from './dialog.module.css'
import { NoWay } from './no-way.tsx'
import { type Way, wayName, waysToProve } from './ways.ts'

type Known = { credentials: Credentials } | { error: unknown }

/** Asks whoever sits there to prove that they are who signed in. It opens when it is known what to ask for. */
export function StepUpDialog(props: { onAnswer: (proved: boolean) => void }) {
  const known = createAsync<Known>(() =>
    getCredentials().then(
      (credentials) => ({ credentials }),
      (error: unknown) => ({ error }),
    ),
  )
  return (
    <Show when={known()}>
      {(read) => (
        <Dialog
          open
          onOpenChange={() => props.onAnswer(false)}
          title="Confirm it is you"
          description="This matters for the security of your account. Once it is confirmed you are not asked again for ten minutes."
        >
          <Proof known={read()} onProved={() => props.onAnswer(true)} />
        </Dialog>
      )}
    </Show>
  )
}

function Proof(props: { known: Known; onProved: () => void }) {
  return (
    <Show
      when={'credentials' in props.known && props.known.credentials}
      fallback={
        <FailedState error={'error' in props.known && props.known.error} retry={() => revalidate(getCredentials.key)} />
      }
    >
      {(credentials) => <Ways credentials={credentials()} onProved={props.onProved} />}
    </Show>
  )
}

function Ways(props: { credentials: Credentials; onProved: () => void }) {
  const ways = createMemo(() => waysToProve(props.credentials, { passkeys: passkeyObstacle() === undefined }))
  const [chosen, choose] = createSignal<Way>()
  const way = () => chosen() ?? ways()[0]
  return (
    <Show when={way()} fallback={<NoWay credentials={props.credentials} />} keyed>
      {(current) => (
        <div class={styles.ways}>
          <ProofForm way={current} onProved={props.onProved} />
          <Show when={ways().length > 1}>
            <ul class={styles.others} aria-label="Other ways to confirm it">
              <For each={ways().filter(({ kind }) => kind !== current.kind || kind === 'provider')}>
                {(other) => (
                  <Show when={other !== current}>
                    <li>
                      <Button variant="quiet" size="small" onClick={() => choose(other)}>
                        {wayName(other)}
                      </Button>
                    </li>
                  </Show>
                )}
              </For>
            </ul>
          </Show>
        </div>
      )}
    </Show>
  )
}

function ProofForm(props: { way: Way; onProved: () => void }) {
  const send = useAction(prove)
  const sendPasskey = useAction(proveWithPasskey)
  const leaveFor = useAction(proveWithProvider)
  // Named as the server names them, so that its word on one lands on its field.
  const submit = async ({ 'proof.code': code = '', 'proof.password': password = '' }) => {
    const { way } = props
    if (way.kind === 'provider') return leaveFor(way.provider)
    if (way.kind === 'passkey') await sendPasskey()
    else if (way.kind === 'password') await send({ kind: 'password', password })
    else await send({ kind: way.kind, code })
    props.onProved()
  }
  // Whoever went over to another way goes on there.
  let parts!: HTMLDivElement
  onMount(() => parts.querySelector<HTMLElement>('input, button')?.focus())
  return (
    <div ref={parts}>
      <Form submit={submit}>
        <Switch>
          <Match when={props.way.kind === 'totp'}>
            <CodeField
              kind="digits"
              name="proof.code"
              label="Code of your authenticator app"
              help="The six digits that it shows for Lightpress now."
            />
          </Match>
          <Match when={props.way.kind === 'recovery_code'}>
            <CodeField kind="recovery" name="proof.code" label="Recovery code" help="It is used up by this." />
          </Match>
          <Match when={props.way.kind === 'password'}>
            <PasswordField name="proof.password" label="Your password" autocomplete="current-password" />
          </Match>
        </Switch>
        <SubmitButton wide autofocus>
          {submitName(props.way)}
        </SubmitButton>
      </Form>
    </div>
  )
}

function submitName(way: Way): string {
  return way.kind === 'passkey' || way.kind === 'provider' ? wayName(way) : 'Confirm'
}

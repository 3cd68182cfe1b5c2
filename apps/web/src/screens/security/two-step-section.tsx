import type { Credentials } from '@lightpress/auth-contract'
import { createAsync, useAction } from '@solidjs/router'
import LifeBuoy from 'lucide-solid/icons/life-buoy'
import Smartphone from 'lucide-solid/icons/smartphone'
import { createSignal, Match, Show, Suspense, Switch } from 'solid-js'
import { getCredentials } from '../../account/credentials.ts'
import { screen } from '../../screen.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Note } from '../../ui/note.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.ts'
import { disableTotp, enrollTotp } from './factors.ts'
import { useReadOnly } from './read-only.ts'
import { fewCodes } from './recovery-codes.ts'
import { Row, Rows } from '../../ui/rows.tsx'
import { offerSignOut, SignOutOffer } from './sign-out-offer.tsx'

const AppDialog = screen(() => import('./app-dialog.tsx'), 'AppDialog')
const NewCodesDialog = screen(() => import('./new-codes-dialog.tsx'), 'NewCodesDialog')

export function TwoStep() {
  const credentials = createAsync(() => getCredentials())
  const enroll = useAction(enrollTotp)
  const [enrolment, setEnrolment] = createSignal<{ secret: string; uri: string; replaces: boolean }>()
  const [asked, ask] = createSignal<'off' | 'codes'>()
  const close = () => ask(undefined)
  return (
    <Show when={credentials()}>
      {(known) => (
        <>
          <Show when={fewCodes(known().recoveryCodesLeft)}>
            <Note tone="warning" title={`${leftOf(known())} recovery codes left`}>
              <p>Make new ones before you need them: without any, a lost phone can lock you out for days.</p>
            </Note>
          </Show>
          <Rows label="Two-step verification">
            <AppRow
              credentials={known()}
              onSetUp={async () => {
                await AppDialog.preload()
                setEnrolment({ ...(await enroll()), replaces: known().totp !== null })
              }}
              onTurnOff={() => ask('off')}
            />
            <Show when={known().recoveryCodesLeft !== null}>
              <CodesRow credentials={known()} onMake={() => NewCodesDialog.preload().then(() => ask('codes'))} />
            </Show>
          </Rows>
          <SignOutOffer part="two-step" />
          <Suspense>
            <Switch>
              <Match when={enrolment()} keyed>
                {(made) => (
                  <AppDialog enrolment={made} replaces={made.replaces} onClose={() => setEnrolment(undefined)} />
                )}
              </Match>
              <Match when={asked() === 'off'}>
                <TurnOff last={known().passkeys.length === 0} onClose={close} />
              </Match>
              <Match when={asked() === 'codes'}>
                <NewCodesDialog onClose={close} />
              </Match>
            </Switch>
          </Suspense>
        </>
      )}
    </Show>
  )
}

function AppRow(props: { credentials: Credentials; onSetUp: () => Promise<unknown>; onTurnOff: () => void }) {
  const readOnly = useReadOnly()
  return (
    <Row
      icon={Smartphone}
      title="Authenticator app"
      badge={props.credentials.totp ? <Badge tone="success">On</Badge> : <Badge>Off</Badge>}
      action={
        <Show when={!readOnly()}>
          <Show
            when={props.credentials.totp}
            fallback={
              <Button size="small" action={() => props.onSetUp()}>
                Set up
              </Button>
            }
          >
            <Button size="small" action={() => props.onSetUp()}>
              Replace
            </Button>
            <Button size="small" onClick={() => props.onTurnOff()}>
              Turn off
            </Button>
          </Show>
        </Show>
      }
    >
      <Show when={props.credentials.totp} fallback="A new code every half a minute, from an app on your phone.">
        {(app) => (
          <>
            Set up on <CalendarDate at={app().confirmedAt} short />
          </>
        )}
      </Show>
    </Row>
  )
}

function CodesRow(props: { credentials: Credentials; onMake: () => Promise<unknown> }) {
  const readOnly = useReadOnly()
  return (
    <Row
      icon={LifeBuoy}
      tone={fewCodes(props.credentials.recoveryCodesLeft) ? 'warning' : 'neutral'}
      title="Recovery codes"
      action={
        <Show when={!readOnly()}>
          <Button size="small" action={() => props.onMake()}>
            Make new ones
          </Button>
        </Show>
      }
    >
      {leftOf(props.credentials)} left. Each stands once for an app or a passkey that you lost.
    </Row>
  )
}

function TurnOff(props: { last: boolean; onClose: () => void }) {
  const disable = useAction(disableTotp)
  const run = async () => {
    await disable()
    toast({ title: 'Authenticator app turned off' })
    await offerSignOut('two-step')
  }
  return (
    <ConfirmDialog title="Turn off the authenticator app?" action="Turn off" run={run} onClose={props.onClose}>
      {props.last
        ? 'It is your only second factor. Whoever learns your password gets in, and your recovery codes are gone as well.'
        : 'Its codes are good for nothing any more. Your passkeys stay.'}
    </ConfirmDialog>
  )
}

function leftOf({ recoveryCodesLeft }: Credentials): string {
  return `${recoveryCodesLeft ?? 0} of 10`
}

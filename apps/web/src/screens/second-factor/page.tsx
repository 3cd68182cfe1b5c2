import { A, Navigate, useNavigate } from '@solidjs/router'
import { createMemo, createSignal, For, Match, onCleanup, Show, Switch, untrack } from 'solid-js'
import { passkeyObstacle } from '../../api/passkeys.ts'
import { setSignInReason } from '../../api/sign-in-reason.ts'
import { Button } from '../../ui/button.tsx'
import { useTitle } from '../../ui/page.tsx'
import { takeFragment } from '../sign-in/fragment.ts'
import { type Begun, keepBegun, millisecondsLeft, readBegun } from './begun.ts'
import { CodeWay } from './code-way.tsx'
import { leaveBegun, readRecovery, signInAgainPath } from './data.ts'
import { LostWay } from './lost-way.tsx'
import styles from './page.module.css'
import { parseBegun } from './parse-begun.ts'
import { PasskeyWay } from './passkey-way.tsx'
import { RemovalWay } from './removal-way.tsx'
import { type Way, wayNames, waysToGoOn } from './ways.ts'

/** Where a sign-in goes on that wants a second factor: from another screen, or from a provider by the fragment. */
export function SecondFactor() {
  useTitle('Confirm it is you')
  const fragment = takeFragment()
  const begun = createMemo(() => {
    const handed = parseBegun(fragment())
    if (handed) keepBegun(handed)
    return readBegun()
  })
  return (
    <Show when={begun()} keyed fallback={<Navigate href="/sign-in" />}>
      {(known) => <Ways begun={known} />}
    </Show>
  )
}

function Ways(props: { begun: Begun }) {
  const navigate = useNavigate()
  const token = readRecovery()
  const [over, setOver] = createSignal(false)
  const ways = () =>
    waysToGoOn({
      factors: props.begun.factors,
      passkeys: passkeyObstacle() === undefined,
      removal: token !== undefined && !over(),
    })
  // Loaded again, it still says what was asked for.
  const asked = untrack(() => props.begun.recovery !== undefined && ways().includes('lost'))
  const [way, setWay] = createSignal<Way>(asked ? 'lost' : (untrack(ways)[0] ?? 'lost'))
  const [done, setDone] = createSignal(asked)

  const leave = () => leaveBegun(props.begun)
  const timer = setTimeout(
    () => {
      if (done()) return
      leave()
      setSignInReason('took_too_long')
      navigate(signInAgainPath(props.begun), { replace: true })
    },
    untrack(() => millisecondsLeft(props.begun)),
  )
  onCleanup(() => clearTimeout(timer))

  return (
    <>
      <Switch>
        <Match when={way() === 'passkey'}>
          <PasskeyWay begun={props.begun} />
        </Match>
        <Match when={way() === 'totp'}>
          <CodeWay begun={props.begun} kind="totp" />
        </Match>
        <Match when={way() === 'recovery_code'}>
          <CodeWay begun={props.begun} kind="recovery_code" />
        </Match>
        <Match when={way() === 'lost'}>
          <LostWay begun={props.begun} onDone={() => setDone(true)} />
        </Match>
        <Match when={way() === 'removal' && token}>
          {(known) => (
            <RemovalWay begun={props.begun} token={known()} onDone={() => setDone(true)} onOver={() => setOver(true)} />
          )}
        </Match>
      </Switch>
      <Show when={!done()}>
        <section class={styles.others} aria-labelledby="others">
          <h2 id="others">Use another way</h2>
          <ul>
            <For each={ways().filter((other) => other !== way())}>
              {(other) => (
                <li>
                  <Button variant="quiet" wide class={styles.other} onClick={() => setWay(other)}>
                    {wayNames[other]}
                  </Button>
                </li>
              )}
            </For>
          </ul>
        </section>
        <p>
          Not you?{' '}
          <A href={signInAgainPath(props.begun)} onClick={leave}>
            Start again
          </A>
        </p>
      </Show>
    </>
  )
}

import { A } from '@solidjs/router'
import { Match, Switch } from 'solid-js'

/** What helps where another try does not. */
export function Remedy(props: { reason: string }) {
  return (
    <Switch>
      <Match when={props.reason === 'auth.too_many_attempts'}>
        <p>
          Not sure of it? <A href="/forgot-password">Reset your password</A>
        </p>
      </Match>
      <Match when={props.reason === 'auth.suspended'}>
        <p>Nothing of yours is lost. Ask us if you do not know why.</p>
      </Match>
    </Switch>
  )
}

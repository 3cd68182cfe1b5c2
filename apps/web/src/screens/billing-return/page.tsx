import type { Subscription } from '@lightpress/billing-contract'
import CircleCheck from 'lucide-solid/icons/circle-check'
import Clock from 'lucide-solid/icons/clock'
import { createSignal, Match, onCleanup, onMount, Show, Switch } from 'solid-js'
import { PlanName } from '../../plans/plan-name.tsx'
import { ButtonLink, Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { useTitle } from '../../ui/page.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { FailedState } from '../../ui/failed-state.tsx'
import { waitForSubscription } from './data.ts'
import styles from './page.module.css'

type State =
  { at: 'waiting' } | { at: 'running'; subscription: Subscription } | { at: 'late' } | { at: 'failed'; error: unknown }

/** Back from the payment page: the money is on its way through the provider, and we say where it is. */
export function BillingReturn() {
  useTitle('Payment')
  const [state, setState] = createSignal<State>({ at: 'waiting' })
  const leaving = new AbortController()
  onCleanup(() => leaving.abort())

  const wait = async () => {
    setState({ at: 'waiting' })
    try {
      const subscription = await waitForSubscription(leaving.signal)
      setState(subscription ? { at: 'running', subscription } : { at: 'late' })
    } catch (error) {
      if (!leaving.signal.aborted) setState({ at: 'failed', error })
    }
  }
  onMount(() => void wait())

  const running = () => {
    const now = state()
    return now.at === 'running' ? now.subscription : undefined
  }
  const failure = () => {
    const now = state()
    return now.at === 'failed' ? now : undefined
  }

  return (
    <div class={styles.page}>
      <Card class={styles.card ?? ''} aria-live="polite">
        <Switch>
          <Match when={state().at === 'waiting'}>
            <span class={styles.ring} />
            <h1>Confirming your payment</h1>
            <p>The payment provider tells us that it arrived. That takes a few seconds; you can stay or go on.</p>
            <ButtonLink href="/dashboard">Go on meanwhile</ButtonLink>
          </Match>
          <Match when={running()}>
            {(subscription) => (
              <>
                <span class={styles.icon} data-tone="success">
                  <CircleCheck size={20} />
                </span>
                <h1>
                  You are on <PlanName id={subscription().planId} />
                </h1>
                <Show
                  when={subscription().trialEndsAt}
                  fallback={
                    <p>Your subscription is active. The receipt is in your notifications and on its way by mail.</p>
                  }
                >
                  {(at) => (
                    <p>
                      Your trial runs until <CalendarDate at={at()} />. Nothing was charged; we write to you before it
                      ends.
                    </p>
                  )}
                </Show>
                <div class={styles.actions}>
                  <ButtonLink href="/dashboard" variant="primary">
                    Go to the dashboard
                  </ButtonLink>
                  <ButtonLink href="/billing">See billing</ButtonLink>
                </div>
              </>
            )}
          </Match>
          <Match when={state().at === 'late'}>
            <span class={styles.icon}>
              <Clock size={20} />
            </span>
            <h1>This takes longer than usual</h1>
            <p>Nothing is lost: as soon as the payment is confirmed, your plan changes and we tell you.</p>
            <div class={styles.actions}>
              <Button variant="primary" onClick={() => void wait()}>
                Look again
              </Button>
              <ButtonLink href="/billing">Back to billing</ButtonLink>
            </div>
          </Match>
          <Match when={failure()}>{(failed) => <FailedState error={failed().error} retry={wait} />}</Match>
        </Switch>
      </Card>
    </div>
  )
}

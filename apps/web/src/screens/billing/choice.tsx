import type { Plan, Subscription } from '@lightpress/billing-contract'
import type { Organization } from '@lightpress/users-contract'
import { useSearchParams } from '@solidjs/router'
import { createSignal, For, onMount, Show, Suspense } from 'solid-js'
import { parseCode, parseInterval } from '../../plans/choice.ts'
import { IntervalSwitch } from '../../plans/interval-switch.tsx'
import { dropChoice } from '../../plans/kept-choice.ts'
import { PlanCard } from '../../plans/plan-card.tsx'
import { mostSaving } from '../../plans/prices.ts'
import { screen } from '../../screen.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import styles from './choice.module.css'
import { mayTry } from './status.ts'

const CheckoutDialog = screen(() => import('./checkout-dialog.tsx'), 'CheckoutDialog')

export interface ChoiceProps {
  plans: readonly Plan[]
  subscription: Subscription
  organization: Organization
}

/** The plans, for whoever has none that is paid for; an address that says which opens it at once. */
export function Choice(props: ChoiceProps) {
  const [search] = useSearchParams<{ plan: string; interval: string; trial: string; code: string }>()
  const [interval, setInterval] = createSignal(parseInterval(search.interval))
  const [dialog, setDialog] = createSignal<{ planId: string; trial: boolean }>()
  const chosen = () => props.plans.find(({ id, prices }) => id === dialog()?.planId && prices.length > 0)
  const choose = (planId: string, trial: boolean) => CheckoutDialog.preload().then(() => setDialog({ planId, trial }))

  onMount(() => {
    if (search.plan === undefined) return
    dropChoice()
    void choose(search.plan, search.trial === 'yes').catch(() => undefined)
  })

  return (
    <section class={styles.choice}>
      <header class={styles.head}>
        <h2>Choose a plan</h2>
        <IntervalSwitch value={interval()} saving={mostSaving(props.plans)} onChange={setInterval} />
      </header>
      <div class={styles.plans}>
        <For each={props.plans}>
          {(plan) => (
            <PlanCard
              plan={plan}
              interval={interval()}
              featured={plan.id === 'pro'}
              badge={plan.id === props.subscription.planId && <Badge>Current</Badge>}
              action={
                <div class={styles.actions}>
                  <Button
                    wide
                    variant={plan.id === 'pro' ? 'primary' : 'secondary'}
                    disabled={plan.prices.length === 0}
                    action={() => choose(plan.id, false)}
                  >
                    {plan.id === props.subscription.planId ? 'Your plan' : `Choose ${plan.name}`}
                  </Button>
                  <Show when={mayTry(props.subscription) && plan.trialDays}>
                    {(days) => (
                      <Button wide variant="quiet" action={() => choose(plan.id, true)}>
                        Try it free for {days()} days
                      </Button>
                    )}
                  </Show>
                </div>
              }
            />
          )}
        </For>
      </div>
      <p class={styles.taxes}>Prices exclude taxes.</p>
      <Suspense>
        <Show when={chosen()}>
          {(plan) => (
            <CheckoutDialog
              plan={plan()}
              interval={interval()}
              organization={props.organization}
              trial={dialog()?.trial ?? false}
              mayTry={mayTry(props.subscription)}
              code={parseCode(search.code)}
              onIntervalChange={setInterval}
              onClose={() => setDialog(undefined)}
            />
          )}
        </Show>
      </Suspense>
    </section>
  )
}

import type { Interval, Plan, Subscription } from '@lightpress/billing-contract'
import { createAsync, useSearchParams } from '@solidjs/router'
import { createSignal, For, Show } from 'solid-js'
import { createActiveOrganization } from '../../account/active-organization.ts'
import { getOrganizations } from '../../account/data.ts'
import { IntervalSwitch } from '../../plans/interval-switch.tsx'
import { PlanCard } from '../../plans/plan-card.tsx'
import { yearlySaving } from '../../plans/prices.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Heading } from '../../ui/heading.tsx'
import { Note } from '../../ui/note.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { getPlans } from '../pricing/data.ts'
import { CheckoutDialog } from './checkout-dialog.tsx'
import { CurrentPlan } from './current-plan.tsx'
import { getInvoices, getSubscription } from './data.ts'
import { Invoices } from './invoices.tsx'
import styles from './page.module.css'

export function Billing() {
  useTitle('Billing')
  return (
    <div class={styles.page}>
      <Heading title="Billing">Your plan, what it costs, and what was paid.</Heading>
      <Region reads={[getSubscription.key, getPlans.key, getOrganizations.key]} heights={[9, 26]}>
        <Plan />
      </Region>
    </div>
  )
}

function Plan() {
  const subscription = createAsync(() => getSubscription())
  const plans = createAsync(() => getPlans())
  const organization = createActiveOrganization()
  const mayPay = () => organization()?.role !== 'member'
  const current = () => plans()?.find(({ id }) => id === subscription()?.planId)

  return (
    <Show when={subscription()}>
      {(known) => (
        <>
          <CurrentPlan subscription={known()} plan={current()} mayPay={mayPay()} />
          <Show when={!mayPay()}>
            <Note tone="info">Only owners and admins of {organization()?.name} can change the plan.</Note>
          </Show>
          <Show when={known().planId === 'free' && mayPay()}>
            <Choice plans={plans() ?? []} subscription={known()} />
          </Show>
          <Show when={mayPay()}>
            <Region reads={[getInvoices.key]} heights={[9]}>
              <Invoices />
            </Region>
          </Show>
        </>
      )}
    </Show>
  )
}

function Choice(props: { plans: readonly Plan[]; subscription: Subscription }) {
  const [search, setSearch] = useSearchParams<{ plan: string; interval: string }>()
  const interval = (): Interval => (search.interval === 'year' ? 'year' : 'month')
  const [dialog, setDialog] = createSignal(search.plan)
  const chosen = () => props.plans.find(({ id, prices }) => id === dialog() && prices.length > 0)
  const setInterval = (next: Interval) => setSearch({ interval: next === 'year' ? next : null }, { replace: true })

  return (
    <section class={styles.choice} aria-labelledby="plans">
      <header class={styles.head}>
        <h2 id="plans">Plans</h2>
        <IntervalSwitch
          value={interval()}
          saving={Math.max(0, ...props.plans.map(yearlySaving))}
          onChange={setInterval}
        />
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
                <Button
                  wide
                  variant={plan.id === 'pro' ? 'primary' : 'secondary'}
                  disabled={plan.prices.length === 0}
                  onClick={() => setDialog(plan.id)}
                >
                  {plan.id === props.subscription.planId ? 'Your plan' : `Choose ${plan.name}`}
                </Button>
              }
            />
          )}
        </For>
      </div>
      <p class={styles.taxes}>Prices exclude taxes.</p>
      <Show when={chosen()}>
        {(plan) => (
          <CheckoutDialog
            plan={plan()}
            interval={interval()}
            onIntervalChange={setInterval}
            onClose={() => setDialog(undefined)}
          />
        )}
      </Show>
    </section>
  )
}

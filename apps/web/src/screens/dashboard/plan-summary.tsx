import type { Subscription } from '@lightpress/billing-contract'
import { createAsync } from '@solidjs/router'
import { Match, Show, Switch } from 'solid-js'
import { createActiveOrganization } from '../../account/active-organization.ts'
import { Cost } from '../../plans/cost.tsx'
import { keptChoice } from '../../plans/kept-choice.ts'
import { Badge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { getSubscription } from '../billing/data.ts'
import { countOf, seatsWords } from '../billing/seats.ts'
import { daysLeft, isPaused, statusOf } from '../billing/status.ts'
import { getPlans } from '../pricing/data.ts'
import styles from './plan-summary.module.css'

export function PlanSummary() {
  const subscription = createAsync(() => getSubscription())
  const plans = createAsync(() => getPlans())
  const organization = createActiveOrganization()
  const plan = () => plans()?.find(({ id }) => id === subscription()?.planId)
  const mayPay = () => organization()?.role !== 'member'
  // What was chosen before there was an account.
  const kept = () => (subscription()?.planId === 'free' && mayPay() ? keptChoice() : undefined)
  return (
    <Show when={subscription()}>
      {(known) => (
        <Card title="Plan" action={<Badge tone={statusOf(known()).tone}>{statusOf(known()).label}</Badge>}>
          <div>
            <p class={styles.name}>{plan()?.name ?? known().planId}</p>
            <p class={styles.detail}>
              <Show when={known().price} fallback={plan()?.description}>
                {(price) => <Cost price={price()} seats={known().seats} interval={known().interval} />}
              </Show>
            </p>
            <Show when={known().currentPeriodEnd}>
              {(end) => (
                <p class={styles.detail}>
                  {seatsWords(organization()?.memberCount, known().seats)}; <What subscription={known()} end={end()} />
                </p>
              )}
            </Show>
          </div>
          <ButtonLink
            href={kept() ?? '/billing'}
            variant={known().planId === 'free' && mayPay() ? 'primary' : 'secondary'}
            wide
          >
            {kept() ? 'Go on with the plan you chose' : words(known().planId === 'free', mayPay())}
          </ButtonLink>
        </Card>
      )}
    </Show>
  )
}

/** What comes next. */
function What(props: { subscription: Subscription; end: string }) {
  return (
    <Switch>
      <Match when={isPaused(props.subscription)}>paused until it is paid</Match>
      <Match when={props.subscription.cancelAtPeriodEnd}>
        ends on <CalendarDate at={props.end} />
      </Match>
      <Match when={props.subscription.trialEndsAt}>
        {(at) => <>{countOf(daysLeft(at(), new Date()), 'day')} of the trial left</>}
      </Match>
      <Match when={props.subscription.scheduledChange}>
        {(change) => (
          <>
            another plan from <CalendarDate at={change().at} /> on
          </>
        )}
      </Match>
      <Match when={true}>
        renews on <CalendarDate at={props.end} />
      </Match>
    </Switch>
  )
}

function words(free: boolean, mayPay: boolean): string {
  if (!mayPay) return 'See billing'
  return free ? 'Upgrade' : 'Manage billing'
}

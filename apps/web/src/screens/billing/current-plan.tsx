import type { Plan, Subscription } from '@lightpress/billing-contract'
import type { Organization } from '@lightpress/users-contract'
import { useAction, useSearchParams } from '@solidjs/router'
import { createSignal, type JSX, Match, onMount, Show, Suspense, Switch } from 'solid-js'
import { parseInterval } from '../../plans/choice.ts'
import { Cost } from '../../plans/cost.tsx'
import { PayLink } from '../../plans/pay-link.tsx'
import { dropChoice } from '../../plans/kept-choice.ts'
import { screen } from '../../screen.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Money } from '../../ui/money.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import styles from './current-plan.module.css'
import { openPortal } from './data.ts'
import { PlanNotes } from './plan-notes.tsx'
import { seatsWords } from './seats.ts'
import { isPaused, isRunning, statusOf } from './status.ts'

const ChangeDialog = screen(() => import('./change-dialog.tsx'), 'ChangeDialog')
const CancelDialog = screen(() => import('./cancel-dialog.tsx'), 'CancelDialog')

const dialogs = { change: ChangeDialog, cancel: CancelDialog }

export interface CurrentPlanProps {
  subscription: Subscription
  plans: readonly Plan[]
  organization: Organization
  mayPay: boolean
}

/** What is had, what it costs and what comes next; and what can be done about it. */
export function CurrentPlan(props: CurrentPlanProps) {
  const portal = useAction(openPortal)
  const [search, setSearch] = useSearchParams<{ plan: string; interval: string; trial: string }>()
  const [asked, setAsked] = createSignal<keyof typeof dialogs>()
  const ask = (what: keyof typeof dialogs) => dialogs[what].preload().then(() => setAsked(what))
  const close = () => {
    setAsked(undefined)
    setSearch({ plan: null, interval: null, trial: null }, { replace: true })
  }
  const plan = () => props.plans.find(({ id }) => id === props.subscription.planId)
  const name = () => plan()?.name ?? props.subscription.planId
  const paid = () => props.subscription.planId !== 'free'
  const chosen = () => {
    const found = props.plans.find(({ id }) => id === search.plan)?.id
    return found === undefined || found === 'free'
      ? undefined
      : { planId: found, interval: parseInterval(search.interval) }
  }

  // Whoever has a plan and chooses one where the prices are wants another one.
  onMount(() => {
    if (!chosen() || !isRunning(props.subscription) || !props.mayPay) return
    dropChoice()
    void ask('change').catch(() => undefined)
  })

  return (
    <Card title="Current plan">
      <div class={styles.plan}>
        <p class={styles.name}>{name()}</p>
        <Badge tone={statusOf(props.subscription).tone}>{statusOf(props.subscription).label}</Badge>
      </div>
      <Show when={paid()} fallback={<p class={styles.lead}>{plan()?.description}</p>}>
        <PlanNotes {...props} name={name()} />
        <Facts subscription={props.subscription} people={props.organization.memberCount} />
        <Show when={props.mayPay}>
          <div class={styles.actions}>
            <Show
              when={isRunning(props.subscription)}
              fallback={
                <Show when={props.subscription.paymentProblem?.payUrl}>
                  {(url) => <PayLink href={url()} variant="primary" />}
                </Show>
              }
            >
              <Button variant="primary" action={() => ask('change')}>
                Change plan
              </Button>
            </Show>
            <Button action={() => portal()}>Manage payment</Button>
            <Show when={!props.subscription.cancelAtPeriodEnd}>
              <Button variant="quiet" class={styles.cancel} action={() => ask('cancel')}>
                Cancel {name()}
              </Button>
            </Show>
          </div>
        </Show>
      </Show>
      <Suspense>
        <Switch>
          <Match when={asked() === 'change'}>
            <ChangeDialog {...props} chosen={chosen()} onClose={close} />
          </Match>
          <Match when={asked() === 'cancel'}>
            <CancelDialog {...props} name={name()} onClose={close} />
          </Match>
        </Switch>
      </Suspense>
    </Card>
  )
}

function Facts(props: { subscription: Subscription; people: number }) {
  const ends = () => {
    const { trialEndsAt, currentPeriodEnd, paymentProblem, cancelAtPeriodEnd, scheduledChange } = props.subscription
    if (paymentProblem)
      return { term: isPaused(props.subscription) ? 'Paused since' : 'Pay by', at: paymentProblem.graceEndsAt }
    if (!isRunning(props.subscription)) return undefined
    if (trialEndsAt !== null) return { term: cancelAtPeriodEnd ? 'Ends' : 'Trial ends', at: trialEndsAt }
    if (currentPeriodEnd === null) return undefined
    if (cancelAtPeriodEnd) return { term: 'Ends', at: currentPeriodEnd }
    return { term: scheduledChange ? 'Changes' : 'Renews', at: currentPeriodEnd }
  }
  return (
    <dl class={styles.facts}>
      <Show when={props.subscription.price}>
        {(price) => (
          <Fact term={props.subscription.trialEndsAt === null ? 'Cost' : 'Cost after the trial'}>
            <Cost price={price()} seats={props.subscription.seats} interval={props.subscription.interval} />
          </Fact>
        )}
      </Show>
      <Fact term="Seats">{seatsWords(props.people, props.subscription.seats)}</Fact>
      <Show when={ends()}>
        {(end) => (
          <Fact term={end().term}>
            <CalendarDate at={end().at} />
          </Fact>
        )}
      </Show>
      <Show when={props.subscription.discount}>
        {(discount) => (
          <Fact term={`Discount, ${discount().name}`}>
            <Show when={discount().amountOff} fallback={`${discount().percentOff}% off`}>
              {(amount) => (
                <>
                  <Money of={amount()} /> off
                </>
              )}
            </Show>
            <Show when={discount().endsAt}>
              {(at) => (
                <>
                  {' '}
                  until <CalendarDate at={at()} />
                </>
              )}
            </Show>
          </Fact>
        )}
      </Show>
    </dl>
  )
}

function Fact(props: { term: string; children: JSX.Element }) {
  return (
    <div>
      <dt>{props.term}</dt>
      <dd>{props.children}</dd>
    </div>
  )
}

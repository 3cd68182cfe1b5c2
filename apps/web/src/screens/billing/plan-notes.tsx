import type { Plan, Subscription } from '@lightpress/billing-contract'
import type { Organization } from '@lightpress/users-contract'
import { times } from '@lightpress/billing-contract/money'
import { useAction } from '@solidjs/router'
import { Match, Show, Switch } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { Money } from '../../ui/money.tsx'
import { Note } from '../../ui/note.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.ts'
import { openPortal, resumeSubscription } from './data.ts'
import { countOf } from './seats.ts'
import { daysLeft, isPaused } from './status.ts'

export interface PlanNotesProps {
  subscription: Subscription
  plans: readonly Plan[]
  organization: Organization
  /** Of the plan. */
  name: string
  mayPay: boolean
}

/** What will happen to the plan unless somebody does something, and what they can do. */
export function PlanNotes(props: PlanNotesProps) {
  return (
    <Switch>
      <Match when={!props.mayPay && props.subscription.paymentProblem}>
        {(problem) => (
          <Note tone="warning">
            <p>
              A payment for {props.organization.name} failed.{' '}
              <Show
                when={isPaused(props.subscription)}
                fallback={
                  <>
                    {props.name} stays until <CalendarDate at={problem().graceEndsAt} />.
                  </>
                }
              >
                {props.name} is paused until it is paid, and nothing is deleted.
              </Show>{' '}
              An owner or an admin can see to it.
            </p>
          </Note>
        )}
      </Match>
      <Match when={props.subscription.status === 'incomplete'}>
        <Note tone="warning">
          <p>
            {props.name} begins as soon as its first invoice is paid. Until then {props.organization.name} is on Free.
          </p>
        </Note>
      </Match>
      <Match when={props.subscription.cancelAtPeriodEnd && props.subscription.currentPeriodEnd}>
        {(at) => (
          <Note tone="warning" action={<Keep {...props} />}>
            <p>
              {props.name} ends on <CalendarDate at={at()} />. Until then it stays as it is; after it{' '}
              {props.organization.name} is on Free, and nothing is deleted.
            </p>
          </Note>
        )}
      </Match>
      <Match when={props.subscription.scheduledChange}>
        {(change) => (
          <Note tone="info" action={<Keep {...props} />}>
            <p>
              From <CalendarDate at={change().at} /> on:{' '}
              {props.plans.find(({ id }) => id === change().planId)?.name ?? change().planId}, paid by the{' '}
              {change().interval}, with {countOf(change().seats, 'seat')}. Until then nothing changes.
            </p>
          </Note>
        )}
      </Match>
      <Match when={props.subscription.trialEndsAt}>
        {(at) => <Trial {...props} endsAt={at()} left={daysLeft(at(), new Date())} />}
      </Match>
    </Switch>
  )
}

/** That there is a card already is not known here: it is said what each means. */
function Trial(props: PlanNotesProps & { endsAt: string; left: number }) {
  const portal = useAction(openPortal)
  return (
    <Note
      tone="info"
      title={`${countOf(props.left, 'day')} of your trial ${props.left === 1 ? 'is' : 'are'} left`}
      action={
        <Show when={props.mayPay}>
          <Button size="small" action={() => portal()}>
            Add a card
          </Button>
        </Show>
      }
    >
      <p>
        With a card, {props.name} goes on
        <Show when={props.subscription.price}>
          {(price) => (
            <>
              {' '}
              for <Money of={times(price(), props.subscription.seats)} /> per {props.subscription.interval}
            </>
          )}
        </Show>{' '}
        from <CalendarDate at={props.endsAt} /> on. Without one it ends then: nothing is charged, and nothing is
        deleted.
      </p>
    </Note>
  )
}

function Keep(props: PlanNotesProps) {
  const resume = useAction(resumeSubscription)
  const keep = async () => {
    await resume()
    toast({ title: `${props.name} goes on`, detail: 'It renews as before.' })
  }
  return (
    <Show when={props.mayPay}>
      <Button size="small" action={keep}>
        Keep {props.name}
      </Button>
    </Show>
  )
}

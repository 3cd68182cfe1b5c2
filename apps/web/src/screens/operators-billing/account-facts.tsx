import type { Account } from '@lightpress/billing-contract'
import { Show } from 'solid-js'
import { Money } from '../../ui/money.tsx'
import { CalendarDate, Time } from '../../ui/time.tsx'
import { Fact, Facts, IdFact } from '../../ui/facts.tsx'
import { planLine, seatsWords } from './account-words.ts'
import { planWords } from './search.ts'

/** Line by line; what does not apply has none. */
export function AccountFacts(props: { account: Account }) {
  const subscription = () => props.account.subscription
  return (
    <Facts>
      <IdFact term="Organisation id" id={props.account.organizationId} />
      <IdFact term="Customer id" id={props.account.stripeCustomerId} />
      <Fact term="Plan">{planLine(subscription())}</Fact>
      <Show when={subscription().entitledPlanId !== subscription().planId}>
        <Fact term="Can use">{planWords[subscription().entitledPlanId]}</Fact>
      </Show>
      <Show when={subscription().minimumSeats > 1}>
        <Fact term="At least">{seatsWords(subscription().minimumSeats)}</Fact>
      </Show>
      <Show when={subscription().price}>
        {(price) => (
          <Fact term="Price of a seat">
            <Money of={price()} />
          </Fact>
        )}
      </Show>
      <Show when={subscription().discount}>
        {(discount) => (
          <Fact term="Discount">
            {discount().name}
            <Show when={discount().endsAt}>
              {(at) => (
                <span>
                  until <CalendarDate at={at()} />
                </span>
              )}
            </Show>
          </Fact>
        )}
      </Show>
      <Show when={subscription().currentPeriodEnd}>
        {(end) => (
          <Fact term="Period">
            <span>
              <Show when={subscription().currentPeriodStart}>
                {(start) => (
                  <>
                    <CalendarDate at={start()} short /> –{' '}
                  </>
                )}
              </Show>
              <CalendarDate at={end()} short />
            </span>
          </Fact>
        )}
      </Show>
      <Show when={subscription().trialEndsAt}>
        {(at) => (
          <Fact term="Trial ends">
            <CalendarDate at={at()} />
          </Fact>
        )}
      </Show>
      <Show when={subscription().scheduledChange}>
        {(change) => (
          <Fact term="Planned">
            <span>
              {planLine(change())}, from <CalendarDate at={change().at} />
            </span>
          </Fact>
        )}
      </Show>
      <Show when={subscription().paymentProblem}>
        {(problem) => (
          <>
            <Fact term="Owes">
              <Money of={problem().amountDue} />
              <span>
                since <Time at={problem().since} />
              </span>
            </Fact>
            <Fact term="Grace ends">
              <CalendarDate at={problem().graceEndsAt} />
            </Fact>
          </>
        )}
      </Show>
    </Facts>
  )
}

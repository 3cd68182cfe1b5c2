import type { Plan, Subscription } from '@lightpress/billing-contract'
import { useAction } from '@solidjs/router'
import { type JSX, Show } from 'solid-js'
import { Cost } from '../../plans/cost.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { openPortal } from './data.ts'
import styles from './current-plan.module.css'
import { statusOf } from './status.ts'

export function CurrentPlan(props: { subscription: Subscription; plan: Plan | undefined; mayPay: boolean }) {
  const portal = useAction(openPortal)
  const paid = () => props.subscription.planId !== 'free'
  return (
    <Card
      title="Current plan"
      action={
        <Show when={paid() && props.mayPay}>
          <Button action={() => portal()}>Manage payment</Button>
        </Show>
      }
    >
      <div class={styles.plan}>
        <p class={styles.name}>{props.plan?.name ?? props.subscription.planId}</p>
        <Badge tone={statusOf(props.subscription).tone}>{statusOf(props.subscription).label}</Badge>
      </div>
      <Show when={paid()} fallback={<p class={styles.lead}>{props.plan?.description}</p>}>
        <dl class={styles.facts}>
          <Show when={props.subscription.price}>
            {(price) => (
              <Fact term="Cost">
                <Cost price={price()} seats={props.subscription.seats} interval={props.subscription.interval} />
              </Fact>
            )}
          </Show>
          <Show when={props.plan?.perSeat}>
            <Fact term="Seats">{props.subscription.seats}</Fact>
          </Show>
          <Show when={props.subscription.currentPeriodEnd}>
            {(end) => (
              <Fact term={props.subscription.cancelAtPeriodEnd ? 'Ends' : 'Renews'}>
                <CalendarDate at={end()} />
              </Fact>
            )}
          </Show>
        </dl>
      </Show>
    </Card>
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

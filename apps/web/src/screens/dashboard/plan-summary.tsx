import { createAsync } from '@solidjs/router'
import { Show } from 'solid-js'
import { Cost } from '../../plans/cost.tsx'
import { Badge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { getSubscription } from '../billing/data.ts'
import { statusOf } from '../billing/status.ts'
import { getPlans } from '../pricing/data.ts'
import styles from './plan-summary.module.css'

export function PlanSummary() {
  const subscription = createAsync(() => getSubscription())
  const plans = createAsync(() => getPlans())
  const plan = () => plans()?.find(({ id }) => id === subscription()?.planId)
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
                  {known().seats} {known().seats === 1 ? 'seat' : 'seats'},{' '}
                  {known().cancelAtPeriodEnd ? 'ends' : 'renews'} on <CalendarDate at={end()} />
                </p>
              )}
            </Show>
          </div>
          <ButtonLink href="/billing" variant={known().planId === 'free' ? 'primary' : 'secondary'} wide>
            {known().planId === 'free' ? 'Upgrade' : 'Manage billing'}
          </ButtonLink>
        </Card>
      )}
    </Show>
  )
}

import type { Interval, Plan } from '@lightpress/billing-contract'
import Check from 'lucide-solid/icons/check'
import { For, type JSX, Show } from 'solid-js'
import { Money } from '../ui/money.tsx'
import { priceOf } from './prices.ts'
import styles from './plan-card.module.css'

export interface PlanCardProps {
  plan: Plan
  interval: Interval
  /** Stands out from the others. */
  featured?: boolean
  badge?: JSX.Element
  action: JSX.Element
}

export function PlanCard(props: PlanCardProps) {
  return (
    <article class={styles.card} data-featured={props.featured || undefined}>
      <header class={styles.head}>
        <h3>{props.plan.name}</h3>
        {props.badge}
      </header>
      <p class={styles.description}>{props.plan.description}</p>
      <p class={styles.price}>
        <Show when={priceOf(props.plan, props.interval)} fallback={<strong>Free</strong>}>
          {(price) => (
            <>
              <strong>
                <Money of={price()} price />
              </strong>
              <span>
                {props.plan.perSeat ? 'per seat and ' : 'per '}
                {props.interval}
              </span>
            </>
          )}
        </Show>
      </p>
      {props.action}
      <ul class={styles.features}>
        <For each={props.plan.features}>
          {(feature) => (
            <li>
              <Check size={16} />
              {feature}
            </li>
          )}
        </For>
      </ul>
    </article>
  )
}

import type { Interval, Plan, PlanId } from '@lightpress/billing-contract'
import { For, Show } from 'solid-js'
import type { PaidPlanId } from '../../plans/choice.ts'
import { meteredOf, priceOf } from '../../plans/prices.ts'
import { Badge } from '../../ui/badge.tsx'
import { formats } from '../../ui/formats.ts'
import { Money } from '../../ui/money.tsx'
import styles from './plan-field.module.css'

export interface PlanFieldProps {
  plans: readonly Plan[]
  value: PaidPlanId
  /** What there is so far. */
  current: PlanId
  interval: Interval
  onChange: (planId: PaidPlanId) => void
}

/** The plans that are paid for, with their prices, to choose one of. */
export function PlanField(props: PlanFieldProps) {
  return (
    <fieldset class={styles.plans}>
      <legend>Plan</legend>
      <For each={props.plans.filter(({ prices }) => prices.length > 0)}>
        {(plan) => (
          <label class={styles.plan}>
            <input
              type="radio"
              name="plan"
              value={plan.id}
              checked={plan.id === props.value}
              onChange={() => plan.id !== 'free' && props.onChange(plan.id)}
            />
            <span class={styles.name}>
              {plan.name}
              <Show when={plan.id === props.current}>
                <Badge>Current</Badge>
              </Show>
            </span>
            <Show when={priceOf(plan, props.interval)}>
              {(price) => (
                <span class={styles.price}>
                  <Money of={price()} price /> {plan.perSeat ? 'per seat and' : 'per'} {props.interval}
                </span>
              )}
            </Show>
            <Show when={meteredOf(plan, props.interval)}>
              {(metered) => (
                <span class={styles.detail}>
                  {metered().included.toLocaleString(formats().locale)} tasks included, then{' '}
                  <Money of={metered().price} price /> each
                </span>
              )}
            </Show>
          </label>
        )}
      </For>
    </fieldset>
  )
}

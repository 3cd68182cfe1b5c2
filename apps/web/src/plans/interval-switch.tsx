import type { Interval } from '@lightpress/billing-contract'
import { For, Show } from 'solid-js'
import styles from './interval-switch.module.css'

const intervals: { value: Interval; label: string }[] = [
  { value: 'month', label: 'Monthly' },
  { value: 'year', label: 'Yearly' },
]

/** Radios in the look of a switch. `saving` is what the year saves, in percent. */
export function IntervalSwitch(props: { value: Interval; saving: number; onChange: (interval: Interval) => void }) {
  return (
    <fieldset class={styles.switch}>
      <legend class="unseen">Pay</legend>
      <For each={intervals}>
        {({ value, label }) => (
          <label class={styles.option}>
            <input
              type="radio"
              name="interval"
              value={value}
              class="unseen"
              checked={props.value === value}
              onChange={() => props.onChange(value)}
            />
            {label}
            <Show when={value === 'year' && props.saving > 0}>
              <span class={styles.saving}>save {props.saving}%</span>
            </Show>
          </label>
        )}
      </For>
    </fieldset>
  )
}

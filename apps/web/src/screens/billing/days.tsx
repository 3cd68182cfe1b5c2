import type { Usage } from '@lightpress/billing-contract'
import { For, Show } from 'solid-js'
import { formats } from '../../ui/formats.ts'
import styles from './days.module.css'
import { dayBars } from './usage-words.ts'

/** The last thirty days: bars for the eye, a table for whoever listens. */
export function Days(props: { name: string; days: Usage['days'] }) {
  const bars = () => dayBars(props.days)
  // They are days of UTC, and stay what they are wherever they are read.
  const dayName = (date: string) =>
    new Intl.DateTimeFormat(formats().locale, { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
      new Date(`${date}T00:00:00Z`),
    )
  const count = (value: number) => value.toLocaleString(formats().locale)
  return (
    <Show
      when={bars().some(({ quantity }) => quantity > 0)}
      fallback={<p class={styles.none}>Nothing was used in the last thirty days.</p>}
    >
      <figure class={styles.figure}>
        <div class={styles.bars} aria-hidden="true">
          <For each={bars()}>
            {({ date, quantity, height }) => (
              <div class={styles.day} title={`${dayName(date)}: ${count(quantity)}`}>
                <div style={{ height: `${height}%` }} />
              </div>
            )}
          </For>
        </div>
        <div class={styles.axis} aria-hidden="true">
          <span>{dayName(bars()[0]?.date ?? '')}</span>
          <span>most in a day: {count(Math.max(...bars().map(({ quantity }) => quantity)))}</span>
          <span>{dayName(bars().at(-1)?.date ?? '')}</span>
        </div>
        <div class="unseen">
          <table>
            <caption>{props.name} by day (UTC)</caption>
            <tbody>
              <For each={bars()}>
                {({ date, quantity }) => (
                  <tr>
                    <th scope="row">{dayName(date)}</th>
                    <td>{count(quantity)}</td>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
        </div>
      </figure>
    </Show>
  )
}

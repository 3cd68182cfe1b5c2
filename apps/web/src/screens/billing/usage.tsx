import type { Usage } from '@lightpress/billing-contract'
import { A, createAsync } from '@solidjs/router'
import { createUniqueId, For, Match, Show, Switch } from 'solid-js'
import { Card } from '../../ui/card.tsx'
import { formats } from '../../ui/formats.ts'
import { Money } from '../../ui/money.tsx'
import { Note } from '../../ui/note.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { getUsage } from './data.ts'
import { Days } from './days.tsx'
import styles from './usage.module.css'
import { barOf, levelOf } from './usage-words.ts'

/** What was used of what the plan has in it, and what it costs so far. */
export function UsageCards() {
  const usage = createAsync(() => getUsage())
  return <For each={usage()}>{(meter) => <Meter of={meter} />}</For>
}

function Meter(props: { of: Usage }) {
  const label = createUniqueId()
  const level = () => levelOf(props.of)
  const bar = () => barOf(props.of)
  const count = (value: number) => value.toLocaleString(formats().locale)
  return (
    <Card
      title={props.of.name}
      lead={
        <>
          <CalendarDate at={props.of.periodStart} short /> to <CalendarDate at={props.of.periodEnd} short />
        </>
      }
    >
      <div class={styles.meter}>
        <p id={label} class={styles.count}>
          <strong>{count(props.of.used)}</strong> of {count(props.of.included)}
          {props.of.metered ? ' included' : ''}
        </p>
        <div
          class={styles.bar}
          role="meter"
          aria-labelledby={label}
          aria-valuemin={0}
          aria-valuemax={Math.max(props.of.used, props.of.included)}
          aria-valuenow={props.of.used}
        >
          <div class={styles.within} data-level={level()} style={{ width: `${bar().within}%` }} />
          <div class={styles.beyond} style={{ width: `${bar().beyond}%` }} />
        </div>
        <Show when={props.of.cost}>
          {(cost) => (
            <p class={styles.cost}>
              <span>So far, on top of the seats</span> <Money of={cost()} />
            </p>
          )}
        </Show>
      </div>
      <Switch>
        <Match when={level() === 'full'}>
          <Note tone="danger" title="The plan is used up">
            <p>
              No more can be had until <CalendarDate at={props.of.periodEnd} />. <A href="/pricing">A higher plan</A>{' '}
              has more.
            </p>
          </Note>
        </Match>
        <Match when={level() === 'near' && !props.of.metered}>
          <Note tone="warning" title="Nearly used up">
            <p>
              {count(props.of.included - props.of.used)} are left until <CalendarDate at={props.of.periodEnd} />. After
              them nothing more is taken.
            </p>
          </Note>
        </Match>
        <Match when={(level() === 'near' || level() === 'beyond') && props.of.price}>
          {(price) => (
            <p class={styles.note}>
              <Show
                when={level() === 'beyond'}
                fallback={`${count(props.of.included - props.of.used)} of those included are left.`}
              >
                {count(props.of.used - props.of.included)} more than are included.
              </Show>{' '}
              Each one beyond is <Money of={price()} price />, on the invoice of the period.
            </p>
          )}
        </Match>
      </Switch>
      <Days name={props.of.name} days={props.of.days} />
    </Card>
  )
}

import type { Interval, Plan } from '@lightpress/billing-contract'
import { For, Match, Show, Switch } from 'solid-js'
import { meteredOf } from '../../plans/prices.ts'
import { formats } from '../../ui/formats.ts'
import { Money } from '../../ui/money.tsx'
import { compareOf } from './comparison.ts'
import styles from './details.module.css'

/** What each plan allows, beside each other, and what people ask before they pay. */
export function Details(props: { plans: readonly Plan[]; interval: Interval }) {
  return (
    <>
      <p class={styles.small}>
        Prices exclude taxes. Cancel at any time: a plan stays until the end of the period that is paid for.
      </p>
      <Comparison {...props} />
      <Questions {...props} />
    </>
  )
}

function Comparison(props: { plans: readonly Plan[]; interval: Interval }) {
  const rows = () => compareOf(props.plans, props.interval)
  return (
    <div class={styles.section}>
      <h2 id="compare">Compare the plans</h2>
      <div class={styles.scroll} tabIndex={0} role="region" aria-labelledby="compare">
        <table class={styles.table}>
          <thead>
            <tr>
              <td />
              <For each={props.plans}>{(plan) => <th scope="col">{plan.name}</th>}</For>
            </tr>
          </thead>
          <tbody>
            <For each={rows()}>
              {({ name, cells }) => (
                <tr>
                  <th scope="row">{name}</th>
                  <For each={cells}>
                    {(cell) => (
                      <td>
                        <Cell of={cell} />
                      </td>
                    )}
                  </For>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
    </div>
  )
}

function Cell(props: { of: ReturnType<typeof compareOf>[number]['cells'][number] }) {
  const when = <What extends typeof props.of.what>(what: What) =>
    props.of.what === what ? (props.of as Extract<typeof props.of, { what: What }>) : undefined
  const count = (value: number) => value.toLocaleString(formats().locale)
  return (
    <Switch fallback={<span class={styles.none}>–</span>}>
      <Match when={when('most')}>{(cell) => `Up to ${count(cell().count)}`}</Match>
      <Match when={when('included')}>{(cell) => `${count(cell().count)} included`}</Match>
      <Match when={when('unlimited')}>As many as you like</Match>
      <Match when={when('days')}>{(cell) => `${cell().days} days`}</Match>
      <Match when={when('words')}>{(cell) => cell().words}</Match>
      <Match when={when('metered')}>
        {(cell) => (
          <>
            <Money of={cell().metered.price} price /> each
          </>
        )}
      </Match>
    </Switch>
  )
}

function Questions(props: { plans: readonly Plan[]; interval: Interval }) {
  const metered = () =>
    props.plans.flatMap((plan) => {
      const found = meteredOf(plan, props.interval)
      return found ? [{ plan, ...found }] : []
    })
  return (
    <section class={styles.section} aria-labelledby="questions">
      <h2 id="questions">Questions</h2>
      <div class={styles.questions}>
        <div>
          <h3>What is a seat?</h3>
          <p>
            One person in your organisation. The seats follow as people join and leave: you pay for the time that each
            was there, to the second, and see it on your invoice.
          </p>
        </div>
        <For each={metered()}>
          {({ plan, included, price }) => (
            <div>
              <h3>What does {plan.name} charge for tasks?</h3>
              <p>
                {included.toLocaleString(formats().locale)} tasks a {props.interval} are included, for the organisation
                as a whole. Each one more is <Money of={price} price />, on the invoice of its period. You see the count
                and what it costs at any time.
              </p>
            </div>
          )}
        </For>
        <div>
          <h3>What if I change the plan in the middle of a {props.interval}?</h3>
          <p>
            More begins at once: you pay the difference for the days that are left, and see the exact amount before you
            agree. Less begins when the period that is paid for ends.
          </p>
        </div>
        <div>
          <h3>Can I cancel?</h3>
          <p>
            Yes, by yourself, with two clicks. The plan stays until the end of the period that is paid for, and until
            then you can take it back.
          </p>
        </div>
        <div>
          <h3>What if a payment fails?</h3>
          <p>
            We tell you, and try again. Your plan stays for 7 days; after that you are on Free until it is paid. Nothing
            is deleted.
          </p>
        </div>
        <Show when={props.plans.find(({ trialDays }) => trialDays !== null)}>
          {(plan) => (
            <div>
              <h3>How does the trial work?</h3>
              <p>
                {plan().trialDays} days, once for each organisation, without a card. Add one before they are over and
                the plan goes on; else you are on Free again, with all that you made.
              </p>
            </div>
          )}
        </Show>
      </div>
    </section>
  )
}

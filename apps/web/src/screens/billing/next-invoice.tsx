import type { NextInvoice as Expected, Subscription } from '@lightpress/billing-contract'
import { compare, minus } from '@lightpress/billing-contract/money'
import { createAsync } from '@solidjs/router'
import CalendarClock from 'lucide-solid/icons/calendar-clock'
import { Show } from 'solid-js'
import { Card } from '../../ui/card.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { getNextInvoice } from './data.ts'
import styles from './next-invoice.module.css'
import { linesInWords } from './line-words.ts'
import { Sum } from './sum.tsx'

/** What will be asked for next, line by line, as things are now. */
export function NextInvoice(props: { subscription: Subscription }) {
  const next = createAsync(() => getNextInvoice())
  return (
    <Show when={next() !== undefined}>
      <Card title="Next invoice" lead={next() ? <Lead at={next()?.at ?? ''} /> : undefined}>
        <Show
          when={next()}
          fallback={
            <p class={styles.none}>
              <CalendarClock size={16} />
              {props.subscription.cancelAtPeriodEnd ? 'None will come: the plan ends.' : 'None is planned.'}
            </p>
          }
        >
          {(invoice) => <Sum lines={linesOf(invoice())} total="Expected" amount={invoice().amountDue} />}
        </Show>
      </Card>
    </Show>
  )
}

/** They add up to what is due. */
function linesOf({ lines, total, amountDue }: Expected) {
  const rest = compare(amountDue, total)
  if (rest === 0) return linesInWords(lines)
  const description = rest < 0 ? 'Paid from your credit' : 'Owed from before'
  return [...linesInWords(lines), { description, amount: minus(amountDue, total) }]
}

function Lead(props: { at: string }) {
  return (
    <>
      On <CalendarDate at={props.at} />, if nothing changes until then.
    </>
  )
}

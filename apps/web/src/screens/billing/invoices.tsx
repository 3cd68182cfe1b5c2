import type { Invoice } from '@lightpress/billing-contract'
import { createAsync, useSearchParams } from '@solidjs/router'
import Receipt from 'lucide-solid/icons/receipt-text'
import { For, Show } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { Money } from '../../ui/money.tsx'
import { Pager } from '../../ui/pager.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { getInvoices } from './data.ts'
import { invoiceState, isDue } from './invoice-state.ts'
import styles from './invoices.module.css'

/** Another list of the screen may have its own. */
const param = 'invoices'

export function Invoices() {
  const [search] = useSearchParams<{ [param]: string }>()
  const page = createAsync(() => getInvoices(search[param]))
  return (
    <Show when={page()}>
      {(known) => (
        <Card title="Invoices">
          <Show
            when={known().items.length > 0}
            fallback={
              <p class={styles.empty}>
                <Receipt size={16} />
                {search[param] === undefined
                  ? 'Invoices appear here once a plan is paid for.'
                  : 'Nothing on this page: the address is not whole.'}
              </p>
            }
          >
            <Table invoices={known().items} />
          </Show>
          <Show when={search[param] !== undefined || known().nextCursor !== null}>
            <div class={styles.pages}>
              <Pager label="Pages of invoices" param={param} next={known().nextCursor} stay />
            </div>
          </Show>
        </Card>
      )}
    </Show>
  )
}

function Table(props: { invoices: readonly Invoice[] }) {
  return (
    <div class={styles.scroll}>
      <table class={styles.table}>
        <thead>
          <tr>
            <th scope="col">Date</th>
            <th scope="col">Number</th>
            <th scope="col">Status</th>
            <th scope="col">Amount</th>
            <th scope="col">
              <span class="unseen">Documents</span>
            </th>
          </tr>
        </thead>
        <tbody>
          <For each={props.invoices}>{(invoice) => <Row invoice={invoice} />}</For>
        </tbody>
      </table>
    </div>
  )
}

function Row(props: { invoice: Invoice }) {
  const name = () => props.invoice.number ?? 'the draft'
  const state = () => invoiceState(props.invoice)
  return (
    <tr>
      <td>
        <CalendarDate at={props.invoice.paidAt ?? props.invoice.createdAt} short />
      </td>
      <td>{props.invoice.number ?? '–'}</td>
      <td>
        <Badge tone={state().tone}>{state().label}</Badge>
      </td>
      <td>
        <Money of={props.invoice.total} />
        <Show when={isDue(props.invoice)}>
          <span class={styles.due}>
            <Money of={props.invoice.amountDue} /> due
          </span>
        </Show>
        <Show when={props.invoice.refunded.amount > 0}>
          <span class={styles.refunded}>
            <Money of={props.invoice.refunded} /> refunded
          </span>
        </Show>
      </td>
      <td class={styles.links}>
        <Show when={props.invoice.hostedUrl}>
          {(url) => (
            <a href={url()} rel="external" aria-label={`${isDue(props.invoice) ? 'Pay' : 'View'} ${name()}`}>
              {isDue(props.invoice) ? 'Pay' : 'View'}
            </a>
          )}
        </Show>
        <Show when={props.invoice.pdfUrl}>
          {(url) => (
            <a href={url()} rel="external" aria-label={`PDF of ${name()}`}>
              PDF
            </a>
          )}
        </Show>
      </td>
    </tr>
  )
}

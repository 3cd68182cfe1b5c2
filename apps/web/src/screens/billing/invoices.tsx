import type { Invoice } from '@lightpress/billing-contract'
import { createAsync } from '@solidjs/router'
import Receipt from 'lucide-solid/icons/receipt-text'
import { For, Show } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { Money } from '../../ui/money.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { getInvoices } from './data.ts'
import styles from './invoices.module.css'

const told: Record<Invoice['status'], { label: string; tone: 'success' | 'warning' | 'danger' | 'neutral' }> = {
  draft: { label: 'Draft', tone: 'neutral' },
  open: { label: 'Open', tone: 'warning' },
  paid: { label: 'Paid', tone: 'success' },
  void: { label: 'Void', tone: 'neutral' },
  uncollectible: { label: 'Not collected', tone: 'danger' },
}

export function Invoices() {
  const invoices = createAsync(() => getInvoices())
  return (
    <Card title="Invoices">
      <Show
        when={(invoices()?.length ?? 0) > 0}
        fallback={
          <p class={styles.empty}>
            <Receipt size={16} />
            Invoices appear here once a plan is paid for.
          </p>
        }
      >
        <div class={styles.scroll}>
          <table class={styles.table}>
            <thead>
              <tr>
                <th scope="col">Date</th>
                <th scope="col">Number</th>
                <th scope="col">Status</th>
                <th scope="col">Total</th>
                <th scope="col">
                  <span class="unseen">Documents</span>
                </th>
              </tr>
            </thead>
            <tbody>
              <For each={invoices()}>{(invoice) => <Row invoice={invoice} />}</For>
            </tbody>
          </table>
        </div>
      </Show>
    </Card>
  )
}

function Row(props: { invoice: Invoice }) {
  const name = () => props.invoice.number ?? 'the draft'
  return (
    <tr>
      <td>
        <CalendarDate at={props.invoice.paidAt ?? props.invoice.createdAt} short />
      </td>
      <td>{props.invoice.number ?? '–'}</td>
      <td>
        <Badge tone={told[props.invoice.status].tone}>{told[props.invoice.status].label}</Badge>
      </td>
      <td>
        <Money of={props.invoice.total} />
      </td>
      <td class={styles.links}>
        <Show when={props.invoice.hostedUrl}>
          {(url) => (
            <a href={url()} rel="external" aria-label={`View ${name()}`}>
              View
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

import type { Invoice } from '@lightpress/billing-contract'
import ReceiptText from 'lucide-solid/icons/receipt-text'
import { Show } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { Money } from '../../ui/money.tsx'
import { Row } from '../../ui/rows.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { invoiceState, isDue } from '../billing/invoice-state.ts'

export function InvoiceRow(props: { invoice: Invoice }) {
  const state = () => invoiceState(props.invoice)
  return (
    <Row
      icon={ReceiptText}
      title={props.invoice.number ?? 'Without a number yet'}
      badge={<Badge tone={state().tone}>{state().label}</Badge>}
      action={<Money of={props.invoice.total} />}
    >
      <CalendarDate at={props.invoice.createdAt} short />
      <Show when={isDue(props.invoice)}>
        {' '}
        · <Money of={props.invoice.amountDue} /> due
      </Show>
      <Show when={props.invoice.refunded.amount > 0}>
        {' '}
        · <Money of={props.invoice.refunded} /> refunded
      </Show>
    </Row>
  )
}

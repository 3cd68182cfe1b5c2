import type { Invoice } from '@lightpress/billing-contract'
import { compare } from '@lightpress/billing-contract/money'

interface Told {
  label: string
  tone: 'success' | 'warning' | 'danger' | 'neutral'
}

const told: Record<Invoice['status'], Told> = {
  draft: { label: 'Draft', tone: 'neutral' },
  open: { label: 'Open', tone: 'warning' },
  paid: { label: 'Paid', tone: 'success' },
  void: { label: 'Void', tone: 'neutral' },
  uncollectible: { label: 'Not collected', tone: 'danger' },
}

/** What became of it, and of its money. */
export function invoiceState({ status, total, refunded }: Pick<Invoice, 'status' | 'total' | 'refunded'>): Told {
  if (status !== 'paid' || refunded.amount <= 0) return told[status]
  return { label: compare(refunded, total) < 0 ? 'Partly refunded' : 'Refunded', tone: 'neutral' }
}

/** Whether it waits for money. */
export function isDue({ status, amountDue }: Pick<Invoice, 'status' | 'amountDue'>): boolean {
  return status === 'open' && amountDue.amount > 0
}

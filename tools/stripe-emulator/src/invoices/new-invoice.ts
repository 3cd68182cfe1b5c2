import type { Customer, Invoice, Price, Subscription } from '../state/state.ts'

/** One line of an invoice before it has one. Amounts in minor units; a credit is negative. */
export interface NewLine {
  amount: number
  currency: string
  description: string
  quantity: number | null
  /** Null for an amount that no price explains. */
  price: Price | null
  /** A decimal in minor units, such as `0.5`; null where tiers or proration leave no single one. */
  unitAmountDecimal: string | null
  period: { start: number; end: number }
  proration: boolean
  subscription: string | null
  subscriptionItem: string | null
  /** The invoice item that the line takes up, if it comes from one. */
  invoiceItem: string | null
  /** The lines that a credit takes back. */
  credits: { invoice: string; lines: string[] } | null
  /** False where a discount is in the amount already, as in a proration. */
  discountable: boolean
  /** Ids of the discounts of this line alone, which come before the invoice's. */
  discounts: string[]
  metadata: Record<string, string>
}

export interface NewInvoice {
  /** If it had to be known before. */
  id?: string | undefined
  customer: Customer
  subscription: Subscription | null
  /** Without it the subscription's, or the lines', or the customer's. */
  currency?: string | undefined
  reason: NonNullable<Invoice['billing_reason']>
  lines: NewLine[]
  /**
   * Which pending invoice items it takes up: the subscription's and those of the customer that name none (`take`), the
   * subscription's alone (`own`), or none.
   */
  pending: 'take' | 'own' | 'leave'
  period: { start: number; end: number }
  /** Whether it is finalised by itself, an hour later. */
  autoAdvance: boolean
  /** Seconds; if it is not the hour. */
  finalizesAt?: number | undefined
  collectionMethod: 'charge_automatically' | 'send_invoice'
  daysUntilDue: number | null
  /** Seconds; instead of the days. */
  dueDate?: number | undefined
  /** Ids of discounts; without it the subscription's, or where it has none the customer's. */
  discounts?: string[] | undefined
  description?: string | null | undefined
  footer?: string | null | undefined
  /** Instead of the next one of the customer's. */
  number?: string | undefined
  metadata?: Record<string, string> | undefined
  defaultPaymentMethod?: string | null | undefined
}

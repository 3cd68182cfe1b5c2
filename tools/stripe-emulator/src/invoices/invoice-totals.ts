import { discountAmounts, type DiscountAmount, type DiscountTerms } from '../arithmetic/discounts.ts'
import { smallestCharge } from '../arithmetic/smallest-charge.ts'
import { termsOf } from '../catalogue/discounts.ts'
import type { Customer, Invoice, InvoiceLine, State } from '../state/state.ts'
import { includedIn } from './invoice-items.ts'
import { itemsOf } from './invoice-lines.ts'

/** What of a total is asked for now, and what of it the customer's balance takes up. */
export interface Settlement {
  /** Minor units. */
  due: number
  /** The customer's balance afterwards. */
  balance: number
  /** Whether what is due was too little to charge, so that it waits on the balance. */
  tooSmall: boolean
}

/** Reckons an invoice anew: the discounts of its lines and its own, the sums, and what the balance leaves to pay. */
export function reckon(invoice: Invoice, customer: Customer, state: State): void {
  const lines = invoice.lines.data
  const included = includedIn(itemsOf(invoice, state))
  const taken = discountAmounts(
    lines.map((line) => ({
      amount: line.amount,
      discountable: line.discountable,
      discounts: termsFor(line.discounts, included, state),
      product: line.pricing?.price_details?.product ?? null,
    })),
    termsFor(invoice.discounts, included, state),
  )
  for (const [at, line] of lines.entries()) {
    line.discount_amounts = taken[at] ?? []
    line.pretax_credit_amounts = line.discount_amounts.map(({ amount, discount }) => credit(amount, discount))
  }
  const byDiscount = new Map<string, number>()
  for (const { amount, discount } of taken.flat()) byDiscount.set(discount, (byDiscount.get(discount) ?? 0) + amount)
  const ofLines = sum(lines.map((line) => ownReduction(line)))
  const gross = sum(lines.map(({ amount }) => amount))
  const total = gross - sum([...byDiscount.values()])
  const { due } = settlementOf(total, customer.balance, invoice.currency)
  Object.assign(invoice, {
    amount_due: due,
    amount_remaining: due,
    starting_balance: customer.balance,
    subtotal: gross - ofLines,
    subtotal_excluding_tax: gross - ofLines,
    total,
    total_discount_amounts: [...byDiscount].map(([discount, amount]) => ({ amount, discount })),
    total_excluding_tax: total,
    total_pretax_credit_amounts: [...byDiscount].map(([discount, amount]) => credit(amount, discount)),
  } satisfies Partial<Invoice>)
}

/**
 * A credit on the balance lowers what is due, a debit raises it, and a total below zero becomes credit. What is less
 * than can be charged waits as a debit. https://docs.stripe.com/billing/customer/balance
 */
export function settlementOf(total: number, balance: number, currency: string): Settlement {
  const owed = total + balance
  if (owed <= 0) return { due: 0, balance: owed, tooSmall: false }
  if (owed < smallestCharge(currency)) return { due: 0, balance: owed, tooSmall: true }
  return { due: owed, balance: 0, tooSmall: false }
}

/** What the line's own discounts take off it, which the subtotal has in it already. */
function ownReduction({ discount_amounts: amounts, discounts }: InvoiceLine): number {
  return sum((amounts ?? []).filter(({ discount }) => discounts.includes(discount)).map(({ amount }) => amount))
}

function termsFor(ids: readonly string[], included: readonly DiscountAmount[], state: State): DiscountTerms[] {
  return ids.flatMap((id) => {
    const discount = state.discounts.get(id)
    return discount ? [termsOf(discount, state, included)] : []
  })
}

function credit(amount: number, discount: string) {
  return { amount, discount, type: 'discount' as const }
}

function sum(amounts: number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0)
}

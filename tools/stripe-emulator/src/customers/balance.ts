import type { Context } from '../context.ts'
import { newId } from '../ids.ts'
import type { BalanceTransaction, Customer } from '../state/state.ts'
import { updateCustomer } from './customers.ts'

export interface BalanceChange {
  /** Minor units; negative is a credit, which lowers what the next invoice asks for. */
  amount: number
  type: BalanceTransaction['type']
  currency?: string | undefined
  invoice?: string | null | undefined
  description?: string | null | undefined
  metadata?: Record<string, string> | undefined
}

/** The currency of an account that has said nothing else. */
const accountCurrency = 'usd'

/** Moves a customer's balance and keeps the movement in its ledger. */
export function creditBalance(
  customer: Customer,
  { amount, type, currency, invoice = null, description = null, metadata = {} }: BalanceChange,
  ctx: Context,
): BalanceTransaction {
  const balance = customer.balance + amount
  const transaction: BalanceTransaction = {
    id: newId('cbtxn'),
    object: 'customer_balance_transaction',
    amount,
    checkout_session: null,
    created: ctx.now,
    credit_note: null,
    currency: customer.currency ?? currency ?? accountCurrency,
    customer: customer.id,
    customer_account: null,
    description,
    ending_balance: balance,
    invoice,
    livemode: false,
    metadata,
    type,
  }
  ctx.state.balanceTransactions.set(transaction.id, transaction)
  updateCustomer(customer, { balance, currency: transaction.currency }, ctx)
  return transaction
}

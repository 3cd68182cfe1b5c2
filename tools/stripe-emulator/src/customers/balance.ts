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
export function creditBalance(customer: Customer, change: BalanceChange, ctx: Context): BalanceTransaction {
  const entry = enter(customer, change, ctx)
  updateCustomer(customer, { balance: entry.ending_balance, currency: entry.currency }, ctx)
  return entry
}

/** The entry in the ledger alone, for whoever sets the balance among other things. */
export function enter(
  { id: customer, balance, currency: theirs }: Pick<Customer, 'id' | 'balance' | 'currency'>,
  { amount, type, currency, invoice = null, description = null, metadata = {} }: BalanceChange,
  { state, now }: Context,
): BalanceTransaction {
  const entry: BalanceTransaction = {
    id: newId('cbtxn'),
    object: 'customer_balance_transaction',
    amount,
    checkout_session: null,
    created: now,
    credit_note: null,
    currency: theirs ?? currency ?? accountCurrency,
    customer,
    customer_account: null,
    description,
    ending_balance: balance + amount,
    invoice,
    livemode: false,
    metadata,
    type,
  }
  state.balanceTransactions.set(entry.id, entry)
  return entry
}

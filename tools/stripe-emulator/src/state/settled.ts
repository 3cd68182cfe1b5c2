import { OwnedMap } from './owned-map.ts'
import { ownIn, type OwnedName } from './owners.ts'
import type { State } from './state.ts'

type Held<Name extends keyof State> = State[Name] extends Map<string, infer Value> ? Value : never

/**
 * What has come to its end: nothing that time does, and nothing that is tried in a fork, changes it any more. (A person
 * may still, such as its metadata or by a refund.) What is not named here may change to the last: a subscription that
 * has ended still loses its discounts.
 */
const ends: { [Name in OwnedName]?: (entry: Held<Name>, key: string, state: State) => boolean } = {
  balanceTransactions: () => true,
  cards: () => true,
  charges: () => true,
  checkoutSessions: ({ status }) => status === 'complete' || status === 'expired',
  invoiceItems: ({ invoice }, _key, { invoices }) => isClosed(invoices.get(invoice ?? '')?.status),
  invoicePayments: ({ status }) => status === 'paid' || status === 'canceled',
  invoiceRecords: (_record, invoice, { invoices }) => isClosed(invoices.get(invoice)?.status),
  invoices: ({ status }) => isClosed(status),
  paymentIntents: ({ status }) => status === 'succeeded' || status === 'canceled',
  refunds: () => true,
  setupIntents: ({ status }) => status === 'succeeded' || status === 'canceled',
  usage: () => true,
}

export function isSettled<Name extends OwnedName>(
  name: Name,
  [key, entry]: [string, Held<Name>],
  state: State,
): boolean {
  const test: ((entry: Held<Name>, key: string, state: State) => boolean) | undefined = ends[name]
  return test?.(entry, key, state) ?? false
}

/** All of a customer's that may still change by itself. */
export function unsettledMap<Name extends OwnedName>(name: Name, customer: string, state: State): OwnedMap<Held<Name>> {
  const own = new OwnedMap<Held<Name>>()
  for (const entry of ownIn(name, customer, state)) if (!isSettled(name, entry, state)) own.set(...entry)
  return own
}

function isClosed(invoice: string | null | undefined): boolean {
  return invoice === 'paid' || invoice === 'void'
}

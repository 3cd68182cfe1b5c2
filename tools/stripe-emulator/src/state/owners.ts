import type { State } from './state.ts'

type Entry<Name extends keyof State> = State[Name] extends Map<string, infer Held> ? Held : never

/**
 * Whose the things of one kind are: everybody's (`common`: what something costs, how time goes), nobody's (`apart`: what
 * happened, and what is on its way), or the customer's whom this names, if any.
 */
type Owner<Name extends keyof State> =
  'common' | 'apart' | ((entry: Entry<Name>, id: string, state: State) => string | null | undefined)

const owners: { [Name in keyof State]: Owner<Name> } = {
  customers: ({ id }) => id,
  products: 'common',
  prices: 'common',
  checkoutSessions: ({ customer }) => customer,
  checkoutOrders: (_order, session, { checkoutSessions }) => checkoutSessions.get(session)?.customer,
  portalSessions: ({ customer }) => customer,
  subscriptions: ({ customer }) => customer,
  invoices: ({ customer }) => customer,
  invoicePayments: ({ invoice }, _id, { invoices }) => invoices.get(invoice)?.customer,
  paymentMethods: ({ customer }) => customer,
  paymentIntents: ({ customer }) => customer,
  charges: ({ customer }) => customer,
  balanceTransactions: ({ customer }) => customer,
  coupons: 'common',
  deletedCoupons: 'common',
  promotionCodes: 'common',
  discounts: ({ customer }) => customer,
  invoiceItems: ({ customer }) => customer,
  setupIntents: ({ customer }) => customer,
  refunds: ({ charge }, _id, { charges }) => charges.get(charge ?? '')?.customer,
  meters: 'common',
  usage: ({ customer }) => customer,
  subscriptionRecords: (_record, subscription, { subscriptions }) => subscriptions.get(subscription)?.customer,
  invoiceRecords: ({ customer }) => customer,
  schedules: ({ customer }) => customer,
  testClocks: 'common',
  portalConfigurations: 'common',
  cards: (_number, method, { paymentMethods }) => paymentMethods.get(method)?.customer,
  settings: 'common',
  events: 'apart',
  eventTimes: 'apart',
  chaos: 'apart',
  endpoints: 'apart',
  deliveries: 'apart',
  idempotentAnswers: 'apart',
}

/** Whether a map holds what all customers share. */
export function isCommon(name: keyof State): boolean {
  return owners[name] === 'common'
}

/** All that is a customer's own in one map. */
export function ownIn<Name extends keyof State>(name: Name, customer: string, state: State): [string, Entry<Name>][] {
  const owner: Owner<Name> = owners[name]
  if (typeof owner === 'string') return []
  const entries = [...state[name]] as [string, Entry<Name>][]
  return entries.filter(([id, entry]) => owner(entry, id, state) === customer)
}

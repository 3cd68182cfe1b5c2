import { OwnedMap, type OwnerOf } from './owned-map.ts'
import type { State } from './state.ts'

type Held<Name extends keyof State> = State[Name] extends Map<string, infer Value> ? Value : never

/** The maps whose entries belong to one customer each. */
export type OwnedName = {
  [Name in keyof State]: State[Name] extends OwnedMap<Held<Name>> ? Name : never
}[keyof State]

type OwnedMaps = { [Name in OwnedName]: OwnedMap<Held<Name>> }

type OwnerIn<Value> = (value: Value, key: string, state: State) => ReturnType<OwnerOf<Value>>

/** By which field, or through which other object, an entry is a customer's. */
const owners: { [Name in OwnedName]: OwnerIn<Held<Name>> } = {
  customers: ({ id }) => id,
  checkoutSessions: ({ customer }) => customer,
  checkoutOrders: (_order, session, { checkoutSessions }) => checkoutSessions.get(session)?.customer,
  portalSessions: ({ customer }) => customer,
  subscriptions: ({ customer }) => customer,
  invoices: ({ customer }) => customer,
  invoicePayments: ({ invoice }, _key, { invoices }) => invoices.get(invoice)?.customer,
  paymentMethods: ({ customer }) => customer,
  paymentIntents: ({ customer }) => customer,
  charges: ({ customer }) => customer,
  balanceTransactions: ({ customer }) => customer,
  discounts: ({ customer }) => customer,
  invoiceItems: ({ customer }) => customer,
  setupIntents: ({ customer }) => customer,
  refunds: ({ charge }, _key, { charges }) => charges.get(charge ?? '')?.customer,
  usage: ({ customer }) => customer,
  subscriptionRecords: (_record, subscription, { subscriptions }) => subscriptions.get(subscription)?.customer,
  invoiceRecords: ({ customer }) => customer,
  schedules: ({ customer }) => customer,
  scheduleRecords: (_record, schedule, { schedules }) => schedules.get(schedule)?.customer,
  cards: (_number, method, { paymentMethods }) => paymentMethods.get(method)?.customer,
}

/**
 * What belongs to no single customer: what everybody shares (`common`: what something costs, how time goes), and what
 * happened or is on its way (`apart`).
 */
const others: Record<Exclude<keyof State, OwnedName>, 'common' | 'apart'> = {
  products: 'common',
  prices: 'common',
  coupons: 'common',
  deletedCoupons: 'common',
  promotionCodes: 'common',
  meters: 'common',
  testClocks: 'common',
  portalConfigurations: 'common',
  settings: 'common',
  events: 'apart',
  eventTimes: 'apart',
  chaos: 'apart',
  endpoints: 'apart',
  deliveries: 'apart',
  idempotentAnswers: 'apart',
}

export const ownedNames = Object.keys(owners) as OwnedName[]

export const commonNames = (Object.keys(others) as (keyof typeof others)[]).filter((name) => others[name] === 'common')

/** All that is a customer's own in one map. */
export function ownIn<Name extends OwnedName>(name: Name, customer: string, state: State): [string, Held<Name>][] {
  const maps: OwnedMaps = state
  const ownerOf: OwnerIn<Held<Name>> = owners[name]
  return maps[name].of(customer, (value, key) => ownerOf(value, key, state))
}

/** The same as a map. */
export function ownMap<Name extends OwnedName>(name: Name, customer: string, state: State): OwnedMap<Held<Name>> {
  const own = new OwnedMap<Held<Name>>()
  for (const [key, value] of ownIn(name, customer, state)) own.set(key, value)
  return own
}

/** The same without their keys. */
export function ownedBy<Name extends OwnedName>(name: Name, customer: string, state: State): Held<Name>[] {
  return ownIn(name, customer, state).map(([, value]) => value)
}

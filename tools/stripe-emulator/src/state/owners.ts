import { OwnedMap, type OwnerOf } from './owned-map.ts'
import type { State } from './state.ts'

type Held<Name extends keyof State> = State[Name] extends Map<string, infer Value> ? Value : never

/** The maps whose entries belong to one customer each. */
export type OwnedName = {
  [Name in keyof State]: State[Name] extends OwnedMap<Held<Name>> ? Name : never
}[keyof State]

type OwnedMaps = { [Name in OwnedName]: OwnedMap<Held<Name>> }

/** By which field, or through which other object, an entry is a customer's. */
const owners: { [Name in OwnedName]: (state: State) => OwnerOf<Held<Name>> } = {
  customers:
    () =>
    ({ id }) =>
      id,
  checkoutSessions:
    () =>
    ({ customer }) =>
      customer,
  checkoutOrders:
    ({ checkoutSessions }) =>
    (_order, session) =>
      checkoutSessions.get(session)?.customer,
  portalSessions:
    () =>
    ({ customer }) =>
      customer,
  subscriptions:
    () =>
    ({ customer }) =>
      customer,
  invoices:
    () =>
    ({ customer }) =>
      customer,
  invoicePayments:
    ({ invoices }) =>
    ({ invoice }) =>
      invoices.get(invoice)?.customer,
  paymentMethods:
    () =>
    ({ customer }) =>
      customer,
  paymentIntents:
    () =>
    ({ customer }) =>
      customer,
  charges:
    () =>
    ({ customer }) =>
      customer,
  balanceTransactions:
    () =>
    ({ customer }) =>
      customer,
  discounts:
    () =>
    ({ customer }) =>
      customer,
  invoiceItems:
    () =>
    ({ customer }) =>
      customer,
  setupIntents:
    () =>
    ({ customer }) =>
      customer,
  refunds:
    ({ charges }) =>
    ({ charge }) =>
      charges.get(charge ?? '')?.customer,
  usage:
    () =>
    ({ customer }) =>
      customer,
  subscriptionRecords:
    ({ subscriptions }) =>
    (_record, subscription) =>
      subscriptions.get(subscription)?.customer,
  invoiceRecords:
    () =>
    ({ customer }) =>
      customer,
  schedules:
    () =>
    ({ customer }) =>
      customer,
  scheduleRecords:
    ({ schedules }) =>
    (_record, schedule) =>
      schedules.get(schedule)?.customer,
  cards:
    ({ paymentMethods }) =>
    (_number, method) =>
      paymentMethods.get(method)?.customer,
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
  return maps[name].of(customer, owners[name](state))
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

import { rememberCharges } from '../subscriptions/charges.ts'
import type { CheckoutOrder, Delivery, EndpointRecord, EventRecord, PaymentMethod, State } from './state.ts'

/** What is written into the file, each map as its entries. */
export type Saved = Record<string, [string, unknown][] | undefined>

export const version = 3

type DeliveryOf1 = Omit<Delivery, 'refusals' | 'since' | 'counted' | 'chaos' | 'held'>

/** Fills in what a file of the first version does not hold: it knew cards by their last four digits, and no time. */
export function upgradeFrom1(saved: Saved): Saved {
  const { endpoints, deliveries, checkoutOrders, paymentMethods, events } = saved
  return {
    ...saved,
    endpoints: changed<EndpointRecord>(endpoints, { rolled: [] }),
    deliveries: deliveries?.map(([id, delivery]) => [id, waiting(delivery as DeliveryOf1)]),
    checkoutOrders: checkoutOrders?.map(([id, order]) => [id, ordered(order as CheckoutOrder)]),
    cards: paymentMethods?.map(([id, method]) => [id, numberOf(method as PaymentMethod)]),
    eventTimes: events?.map(([id, event]) => [id, (event as EventRecord).created * 1000]),
  }
}

/** Credits for unused time come from what was charged for it, which the first version did not keep apart. */
export function recallCharges(state: State): void {
  for (const [id, { latest_invoice: latest, status }] of state.subscriptions) {
    const invoice = state.invoices.get(latest ?? '')
    if (invoice && status !== 'canceled') rememberCharges(id, invoice, { state, now: invoice.created })
  }
}

function changed<Entry>(entries: Saved[string], added: Partial<Entry>): Saved[string] {
  return entries?.map(([id, entry]) => [id, { ...(entry as object), ...added }])
}

function waiting(delivery: DeliveryOf1): Delivery {
  const { status, created } = delivery
  return { ...delivery, refusals: 0, since: created, counted: status !== 'delivered', chaos: null, held: null }
}

function ordered(order: CheckoutOrder): CheckoutOrder {
  return {
    ...order,
    subscription: {
      ...order.subscription,
      trialEnd: null,
      missingPaymentMethod: null,
      billingCycleAnchor: null,
      prorationBehavior: 'create_prorations',
    },
    savesName: false,
    allowRedisplay: null,
    setupIntent: null,
    customer: null,
    attempt: null,
  }
}

/** The cards that the first version took. */
const numbers = [
  '4242424242424242',
  '4000056655665556',
  '5555555555554444',
  '378282246310005',
  '4000000000000002',
  '4000000000009995',
  '4000000000009987',
  '4000000000009979',
  '4000000000000069',
  '4000000000000127',
  '4000000000000119',
]

function numberOf({ card }: PaymentMethod): string {
  return numbers.find((number) => number.endsWith(card?.last4 ?? '')) ?? '4242424242424242'
}

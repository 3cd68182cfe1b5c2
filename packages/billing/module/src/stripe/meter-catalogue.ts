import type { MeterId } from '@lightpress/billing-contract'
import { ConfigError } from '@lightpress/kernel'
import type { Stripe as Sdk } from 'stripe'
import type { BillingContext } from '../context.ts'
import { eventNameOf, meters } from '../plans.ts'
import { ask, everyPage, isOurMistake } from './client.ts'

/** The payload that a meter reads: how many, and of whom. */
export const usagePayload = { value: 'value', customer: 'stripe_customer_id' } as const

/** Takes down what was done, for whoever asked for it. */
export type Note = (change: string) => void

type Meter = Sdk.Billing.Meter

/** Stripe's ids of the meters that count as ours do; one that it has not, or not any more, is left out. */
export async function findMeters(wanted: readonly MeterId[], ctx: BillingContext): Promise<Map<MeterId, string>> {
  if (wanted.length === 0) return new Map()
  const all = await readMeters(ctx)
  const ids = new Map<MeterId, string>()
  for (const meterId of wanted) {
    const found = all.find((meter) => isNamed(meter, meterId))
    if (found?.status === 'active' && countsRightly(found)) ids.set(meterId, found.id)
  }
  return ids
}

/** Brings the meters to Stripe. Each keeps its event name for ever, so one that was switched off is switched on again. */
export async function bringMeters(
  wanted: readonly MeterId[],
  note: Note,
  ctx: BillingContext,
): Promise<Map<MeterId, string>> {
  const all = await readMeters(ctx)
  const ids = new Map<MeterId, string>()
  for (const meterId of wanted) {
    const found = all.find((meter) => isNamed(meter, meterId)) ?? (await makeMeter(meterId, note, ctx))
    if (!countsRightly(found)) throw cannotCount(found)
    await mendMeter(found, { meterId, note }, ctx)
    ids.set(meterId, found.id)
  }
  return ids
}

async function makeMeter(meterId: MeterId, note: Note, ctx: BillingContext): Promise<Meter> {
  const event = eventNameOf(meterId)
  const params: Sdk.Billing.MeterCreateParams = {
    display_name: meters[meterId].name,
    event_name: event,
    default_aggregation: { formula: 'sum' },
    value_settings: { event_payload_key: usagePayload.value },
    customer_mapping: { type: 'by_id', event_payload_key: usagePayload.customer },
  }
  const idempotencyKey = `meter-${event}-${meters[meterId].name}`
  const made = await ask(ctx, (stripe) => stripe.billing.meters.create(params, { idempotencyKey }))
  note(`made meter ${event}`)
  return made
}

async function mendMeter(
  { id, status, display_name: name }: Meter,
  { meterId, note }: { meterId: MeterId; note: Note },
  ctx: BillingContext,
): Promise<void> {
  const { name: wanted } = meters[meterId]
  if (name !== wanted) {
    await ask(ctx, (stripe) => stripe.billing.meters.update(id, { display_name: wanted }))
    note(`renamed meter ${eventNameOf(meterId)}`)
  }
  if (status === 'active') return
  await reactivate(id, ctx)
  note(`reactivated meter ${eventNameOf(meterId)}`)
}

async function reactivate(id: string, ctx: BillingContext): Promise<void> {
  try {
    await ask(ctx, (stripe) => stripe.billing.meters.reactivate(id))
  } catch (error) {
    // Somebody else did it at the same moment.
    const now = isOurMistake(error) && (await ask(ctx, (stripe) => stripe.billing.meters.retrieve(id)))
    if (!now || now.status !== 'active') throw error
  }
}

function readMeters(ctx: BillingContext): Promise<Meter[]> {
  return ask(ctx, (stripe) => stripe.billing.meters.list({ limit: 100 }).autoPagingToArray(everyPage))
}

function isNamed({ event_name: name }: Meter, meterId: MeterId): boolean {
  return name === eventNameOf(meterId)
}

function countsRightly({ default_aggregation: by, value_settings: value, customer_mapping: customer }: Meter): boolean {
  return (
    by.formula === 'sum' &&
    value.event_payload_key === usagePayload.value &&
    customer.event_payload_key === usagePayload.customer
  )
}

/** Stripe changes nothing of a meter but its name for people, and gives the name of its events to no other one. */
function cannotCount({ id, event_name: name }: Meter): ConfigError {
  const { value, customer } = usagePayload
  return new ConfigError(
    `Stripe has a meter for ${name} (${id}) that does not add up "${value}" by "${customer}", which cannot be changed: give our events another name in plans.ts.`,
  )
}

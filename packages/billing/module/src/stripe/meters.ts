import type { MeterId } from '@lightpress/billing-contract'
import { AppError } from '@lightpress/protocol'
import type { Stripe as Sdk } from 'stripe'
import type { BillingContext } from '../context.ts'
import { eventNameOf } from '../plans.ts'
import { ask, isOurMistake, unlessMissing } from './client.ts'
import { findMeters, usagePayload } from './meter-catalogue.ts'

export interface UsageReport {
  /** Under which Stripe counts it once, for at least a day. */
  identifier: string
  customerId: string
  meterId: MeterId
  quantity: number
  usedAt: Date
}

/** What became of a report that Stripe answered: it is there, or never will be. */
export type Reported = 'arrived' | 'customer_gone' | 'too_old'

/**
 * Tells Stripe of something that was used. The identifier is what the idempotency key is elsewhere: under that, Stripe would
 * repeat a refusal which has been mended since. A refusal that may be mended is thrown.
 */
export async function reportUsage(report: UsageReport, ctx: BillingContext): Promise<Reported> {
  const params: Sdk.Billing.MeterEventCreateParams = {
    event_name: eventNameOf(report.meterId),
    identifier: report.identifier,
    timestamp: Math.floor(report.usedAt.getTime() / 1000),
    payload: { [usagePayload.customer]: report.customerId, [usagePayload.value]: String(report.quantity) },
  }
  try {
    await ask(ctx, (stripe) => stripe.billing.meterEvents.create(params))
    return 'arrived'
  } catch (error) {
    const outcome = isOurMistake(error) ? outcomeOf(error) : undefined
    if (outcome === undefined) throw error
    return outcome
  }
}

type Refusal = Pick<InstanceType<typeof Sdk.errors.StripeError>, 'code' | 'param' | 'message'>

/** Stripe has no code for an identifier that it knows, only these words. */
function outcomeOf(refusal: Refusal): Reported | undefined {
  if (/already exists with identifier/i.test(refusal.message)) return 'arrived'
  switch (refusal.code) {
    case 'meter_event_customer_not_found':
      return 'customer_gone'
    case 'resource_missing':
      return namesCustomer(refusal) ? 'customer_gone' : undefined
    case 'timestamp_too_far_in_past':
      return 'too_old'
    default:
      return undefined
  }
}

/** What is charged is given up for this. The same code is about whatever else a request names, such as its meter. */
function namesCustomer({ param }: Refusal): boolean {
  return param === 'customer' || param === `payload[${usagePayload.customer}]`
}

/**
 * What Stripe has counted of a customer in [from, to), which are whole minutes: it adds up nothing finer, and what came in
 * the last minutes may not be in it yet. Null where it has no such customer any more.
 */
export async function readUsage(
  { meterId, customerId, from, to }: { meterId: MeterId; customerId: string; from: Date; to: Date },
  ctx: BillingContext,
): Promise<number | null> {
  const id = (await findMeters([meterId], ctx)).get(meterId)
  if (id === undefined) throw notCounted()
  const params = { customer: customerId, start_time: from.getTime() / 1000, end_time: to.getTime() / 1000, limit: 1 }
  const found = await unlessMissing(ask(ctx, (stripe) => stripe.billing.meters.listEventSummaries(id, params)))
  return found && (found.data[0]?.aggregated_value ?? 0)
}

function notCounted(): AppError {
  const message = 'The payment provider has no meter for this just now. It is brought there within the hour.'
  return new AppError('unavailable', 'billing.provider_unavailable', message, { retryAfter: 60 })
}

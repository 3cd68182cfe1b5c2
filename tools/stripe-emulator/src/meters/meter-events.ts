import { randomUUID } from 'node:crypto'
import type Stripe from 'stripe'
import { z } from 'zod'
import { onClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { isLive } from '../customers/customers.ts'
import { collection, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest, type ApiError } from '../http/errors.ts'
import { params, text, timestamp } from '../http/params.ts'
import type { Meter, State, UsageRecord } from '../state/state.ts'
import type { Stored } from '../state/stored.ts'

type MeterEvent = Stored<Stripe.Billing.MeterEvent>

const day = 86_400
const furthestBack = 35 * day
const furthestAhead = 5 * 60

const eventParams = params<Stripe.Billing.MeterEventCreateParams>()({
  event_name: text.max(100),
  identifier: text.max(100).optional(),
  payload: z.record(z.string(), z.string()),
  timestamp: timestamp.optional(),
})

/**
 * Reports of usage. Stripe checks what they say later and tells of it by an event of its second API; here the answer
 * is at once a 400 with the same code. https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api
 */
export const meterEvents: Endpoint[] = [
  collection(['POST', '/v1/billing/meter_events'], eventParams, (given, requestCtx): MeterEvent => {
    const meter = meterFor(given.event_name, requestCtx.state)
    const customer = customerIn(given.payload, meter, requestCtx)
    const ctx = onClockOf(customer, requestCtx)
    const { identifier = randomUUID(), timestamp = ctx.now } = given
    const value = valueIn(given.payload, meter)
    checkTime(timestamp, ctx.now)
    makeRoom(identifier, ctx)
    ctx.state.usage.set(identifier, {
      identifier,
      eventName: meter.event_name,
      customer,
      value,
      timestamp,
      created: ctx.now,
      cancelled: false,
    })
    return {
      object: 'billing.meter_event',
      created: ctx.now,
      event_name: meter.event_name,
      identifier,
      livemode: false,
      payload: given.payload,
      timestamp,
    }
  }),
]

function meterFor(event: string, { meters }: State): Meter {
  const meter = [...meters.values()].find(({ event_name: name }) => name === event)
  if (!meter) throw refused('no_meter', `No meter takes events named '${event}'.`, 'event_name')
  if (meter.status === 'active') return meter
  throw refused('archived_meter', `The meter for events named '${event}' is inactive.`, 'event_name')
}

function customerIn(payload: Record<string, string>, meter: Meter, { state }: Context): string {
  const key = meter.customer_mapping.event_payload_key
  const id = payload[key]
  if (id === undefined || id === '') {
    throw refused('meter_event_no_customer_defined', `The payload names no customer in '${key}'.`, `payload[${key}]`)
  }
  const customer = state.customers.get(id)
  if (customer && isLive(customer)) return id
  throw refused('meter_event_customer_not_found', `No such customer: '${id}'`, `payload[${key}]`)
}

/** "The numerical usage value in the payload only accepts whole number values." A meter that counts needs none. */
function valueIn(payload: Record<string, string>, meter: Meter): string {
  const key = meter.value_settings.event_payload_key
  const value = payload[key]
  if (meter.default_aggregation.formula === 'count' && value === undefined) return '1'
  if (value === undefined || !/^-?\d+$/.test(value)) {
    const shown = value === undefined ? 'none' : `'${value}'`
    throw refused('meter_event_invalid_value', `The payload needs a whole number, not ${shown}.`, `payload[${key}]`)
  }
  // https://docs.stripe.com/changelog/dahlia/2026-04-22/billing-meter-event-values-validation
  if (value.replace(/^-?0*/, '').length > 15) {
    throw refused(
      'meter_event_value_too_many_digits',
      `The value in the event payload can have at most 15 digits. Received ${value}.`,
      `payload[${key}]`,
    )
  }
  return value
}

/** "Within the past 35 calendar days or up to 5 minutes in the future", by the clock of the customer. */
function checkTime(timestamp: number, now: number): void {
  if (timestamp < now - furthestBack) {
    throw refused('timestamp_too_far_in_past', 'The timestamp must be within the past 35 days.', 'timestamp')
  }
  if (timestamp > now + furthestAhead) {
    throw refused('timestamp_in_future', 'The timestamp must be no more than 5 minutes in the future.', 'timestamp')
  }
}

/**
 * An identifier is unique for a day. Stripe refuses the second in these words, without a code:
 * https://github.com/langfuse/langfuse/pull/16292. After a day the earlier report gives the name up and still counts.
 */
function makeRoom(identifier: string, { state, now }: Context): void {
  const earlier = state.usage.get(identifier)
  if (!earlier) return
  if (isRecent(earlier, now)) throw invalidRequest(`An event already exists with identifier ${identifier}.`)
  state.usage.delete(identifier)
  state.usage.set(`${identifier} until ${earlier.created + day}`, earlier)
}

/** Whether Stripe received it within the last 24 hours. */
export function isRecent({ created }: UsageRecord, now: number): boolean {
  return created > now - day
}

function refused(code: string, message: string, param: string): ApiError {
  return invalidRequest(message, { code, param })
}

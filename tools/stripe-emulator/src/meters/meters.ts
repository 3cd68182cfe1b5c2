import type Stripe from 'stripe'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { paging, params, text } from '../http/params.ts'
import { newId } from '../ids.ts'
import type { Meter } from '../state/state.ts'
import { applyChanges } from '../webhooks/events.ts'

const path = '/v1/billing/meters'

const createParams = params<Stripe.Billing.MeterCreateParams>()({
  customer_mapping: params<Stripe.Billing.MeterCreateParams.CustomerMapping>()({
    event_payload_key: text.max(100),
    type: z.literal('by_id'),
  }).optional(),
  default_aggregation: params<Stripe.Billing.MeterCreateParams.DefaultAggregation>()({
    formula: z.enum(['count', 'last', 'sum']),
  }),
  display_name: text.max(250),
  event_name: text.max(100),
  value_settings: params<Stripe.Billing.MeterCreateParams.ValueSettings>()({
    event_payload_key: text.max(100),
  }).optional(),
})

const listParams = params<Stripe.Billing.MeterListParams>()({
  ...paging,
  status: z.enum(['active', 'inactive']).optional(),
})

export const meters: Endpoint[] = [
  collection(['POST', path], createParams, (given, ctx) => {
    refuseTaken(given.event_name, ctx)
    const meter: Meter = {
      id: newId('mtr_test'),
      object: 'billing.meter',
      created: ctx.now,
      customer_mapping: given.customer_mapping ?? { event_payload_key: 'stripe_customer_id', type: 'by_id' },
      default_aggregation: given.default_aggregation,
      display_name: given.display_name,
      event_name: given.event_name,
      event_time_window: null,
      livemode: false,
      status: 'active',
      status_transitions: { deactivated_at: null },
      updated: ctx.now,
      value_settings: given.value_settings ?? { event_payload_key: 'value' },
    }
    ctx.state.meters.set(meter.id, meter)
    ctx.emit('billing.meter.created', meter)
    return meter
  }),

  member(['GET', `${path}/:id`], params<Stripe.Billing.MeterRetrieveParams>()({}), (id, _given, ctx) =>
    findMeter(id, ctx),
  ),

  // "After you configure the meter, you can't make any changes aside from the display name":
  // https://docs.stripe.com/billing/subscriptions/usage-based/meters/configure
  member(
    ['POST', `${path}/:id`],
    params<Stripe.Billing.MeterUpdateParams>()({ display_name: text.max(250).optional() }),
    (id, given, ctx) => {
      const meter = findMeter(id, ctx)
      const changed = given.display_name !== undefined && given.display_name !== meter.display_name
      const previous = changed ? applyChanges(meter, { ...given, updated: ctx.now }) : null
      if (previous) ctx.emit('billing.meter.updated', meter, previous)
      return meter
    },
  ),

  collection(['GET', path], listParams, (given, { state }) =>
    paginate(state.meters.matching(where(given, 'status')), path, given),
  ),

  member(['POST', `${path}/:id/deactivate`], params<Stripe.Billing.MeterDeactivateParams>()({}), (id, _given, ctx) => {
    const meter = findMeter(id, ctx)
    switchTo(meter, 'inactive', ctx)
    ctx.emit('billing.meter.deactivated', meter)
    return meter
  }),

  member(['POST', `${path}/:id/reactivate`], params<Stripe.Billing.MeterReactivateParams>()({}), (id, _given, ctx) => {
    const meter = findMeter(id, ctx)
    switchTo(meter, 'active', ctx)
    ctx.emit('billing.meter.reactivated', meter)
    return meter
  }),
]

export function findMeter(id: string, ctx: Context, param?: string): Meter {
  const meter = ctx.state.meters.get(id)
  if (!meter) throw noSuch('billing meter', id, param)
  return meter
}

/** "You can only use an event name with a single meter": …/meters/configure, even where that is inactive. */
function refuseTaken(event: string, { state }: Context): void {
  const taken = [...state.meters.values()].find(({ event_name: name }) => name === event)
  if (!taken) return
  throw invalidRequest(`A meter with the event name '${event}' already exists: ${taken.id}.`, {
    code: 'resource_already_exists',
    param: 'event_name',
  })
}

function switchTo(meter: Meter, status: Meter['status'], { now }: Context): void {
  if (meter.status === status) throw invalidRequest(`The billing meter ${meter.id} is already ${status}.`)
  meter.status = status
  meter.status_transitions = { deactivated_at: status === 'inactive' ? now : null }
  meter.updated = now
}

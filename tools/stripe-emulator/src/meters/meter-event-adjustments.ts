import type Stripe from 'stripe'
import { z } from 'zod'
import { onClockOf } from '../clocks/on-clock.ts'
import { collection, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest } from '../http/errors.ts'
import { params, text } from '../http/params.ts'
import type { Stored } from '../state/stored.ts'
import { isRecent } from './meter-events.ts'

type Adjustment = Stored<Stripe.Billing.MeterEventAdjustment>

const adjustmentParams = params<Stripe.Billing.MeterEventAdjustmentCreateParams>()({
  cancel: params<Stripe.Billing.MeterEventAdjustmentCreateParams.Cancel>()({ identifier: text.max(100) }),
  event_name: text.max(100),
  type: z.literal('cancel'),
})

/** "You can only cancel events within 24 hours of Stripe receiving them." What is invoiced already stays invoiced. */
export const meterEventAdjustments: Endpoint[] = [
  collection(['POST', '/v1/billing/meter_event_adjustments'], adjustmentParams, (given, ctx): Adjustment => {
    const { identifier } = given.cancel
    const report = ctx.state.usage.get(identifier)
    if (report?.eventName !== given.event_name) {
      throw invalidRequest(`No such meter event: '${identifier}'`, {
        code: 'resource_missing',
        param: 'cancel[identifier]',
      })
    }
    const { now } = onClockOf(report.customer, ctx)
    if (!isRecent(report, now)) {
      throw invalidRequest(`The meter event '${identifier}' was received more than 24 hours ago.`, {
        param: 'cancel[identifier]',
      })
    }
    if (report.cancelled) {
      throw invalidRequest(`The meter event '${identifier}' is cancelled already.`, { param: 'cancel[identifier]' })
    }
    report.cancelled = true
    return {
      object: 'billing.meter_event_adjustment',
      cancel: { identifier },
      event_name: given.event_name,
      livemode: false,
      status: 'complete',
      type: 'cancel',
    }
  }),
]

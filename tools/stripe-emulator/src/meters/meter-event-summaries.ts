import { createHash } from 'node:crypto'
import type Stripe from 'stripe'
import { z } from 'zod'
import { findCustomer } from '../customers/customers.ts'
import { member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest } from '../http/errors.ts'
import { paginate } from '../http/list.ts'
import { paging, params, text, timestamp } from '../http/params.ts'
import type { Meter, UsageRecord } from '../state/state.ts'
import type { Stored } from '../state/stored.ts'
import { findMeter } from './meters.ts'
import { aggregate, reportsOf } from './usage.ts'

type Summary = Stored<Stripe.Billing.MeterEventSummary>

const path = '/v1/billing/meters/:id/event_summaries'
const seconds = { minute: 60, hour: 3_600, day: 86_400 }

const listParams = params<Stripe.Billing.MeterListEventSummariesParams>()({
  ...paging,
  customer: text,
  end_time: timestamp,
  start_time: timestamp,
  value_grouping_window: z.enum(['hour', 'day']).optional(),
})

/**
 * https://docs.stripe.com/api/billing/meter-event-summary/list: one summary of the whole time, or one a window, the
 * newest first; as in the example there, windows without usage are left out.
 */
export const meterEventSummaries: Endpoint[] = [
  member(['GET', path], listParams, (id, given, ctx) => {
    const meter = findMeter(id, ctx)
    const { customer, start_time: start, end_time: end, value_grouping_window: grouping } = given
    findCustomer(customer, ctx, 'customer')
    checkBounds({ start_time: start, end_time: end }, grouping ?? 'minute')
    const reports = reportsOf({ meter: id, customer, from: start, to: end }, ctx.state)
    const windows = grouping ? windowsOf(reports, seconds[grouping]) : [{ start, end, reports }]
    const page = paginate(
      windows.map((window) => ({ ...summaryOf(window, { meter, customer }), created: window.start })),
      path.replace(':id', id),
      given,
    )
    return { ...page, data: page.data.map(({ created: _start, ...summary }): Summary => summary) }
  }),
]

interface Window {
  start: number
  end: number
  reports: UsageRecord[]
}

function windowsOf(reports: UsageRecord[], length: number): Window[] {
  const byStart = Map.groupBy(reports, ({ timestamp }) => timestamp - (timestamp % length))
  return [...byStart.entries()]
    .sort(([one], [other]) => one - other)
    .map(([start, own]) => ({ start, end: start + length, reports: own }))
}

function summaryOf({ start, end, reports }: Window, { meter, customer }: { meter: Meter; customer: string }): Summary {
  const key = createHash('sha256').update(`${meter.id} ${customer} ${start} ${end}`).digest('hex')
  return {
    id: `mtrusg_test_${key}`,
    object: 'billing.meter_event_summary',
    aggregated_value: Number(aggregate(reports, meter.default_aggregation.formula)),
    end_time: end,
    livemode: false,
    meter: meter.id,
    start_time: start,
  }
}

function checkBounds(bounds: { start_time: number; end_time: number }, unit: keyof typeof seconds): void {
  for (const [param, value] of Object.entries(bounds)) {
    if (value % seconds[unit] !== 0) {
      throw invalidRequest(`${param} must be aligned with ${unit} boundaries: ${value}`, { param })
    }
  }
  if (bounds.end_time <= bounds.start_time) {
    throw invalidRequest('end_time must be later than start_time.', { param: 'end_time' })
  }
}

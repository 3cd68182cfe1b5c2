import { invalidRequest } from '../http/errors.ts'
import type { InvoiceItem } from '../state/state.ts'
import type { PreviewDetails, PreviewGiven } from './preview-params.ts'

// What would change nothing beside the rest is refused, never passed over. Stripe's own words for it are not documented.

const inDetails = (name: string) => `subscription_details[${name}]`

/** What goes neither with a schedule nor with `invoice_items` alone. */
export function refuseMixed(given: PreviewGiven): void {
  const { subscription, subscription_details: details } = given
  if (given.schedule !== undefined || given.schedule_details) {
    for (const name of ['subscription', 'subscription_details', 'discounts'] as const) {
      if (given[name] === undefined) continue
      throw invalidRequest(`\`${name}\` cannot be passed with \`schedule\` or \`schedule_details\`.`, { param: name })
    }
  }
  if (!given.invoice_items || subscription !== undefined || !details || details.items) return
  throw invalidRequest('`subscription_details` needs a `subscription`, or `items` for a new one.', {
    param: 'subscription_details',
  })
}

/** A new subscription has nothing yet to cancel, to resume or to change. */
export function refuseOfNew({ cancel_now, items = [], proration_date, resume_at }: PreviewDetails): void {
  const because = 'can only be passed with `subscription`'
  refuseOthers({ cancel_now, proration_date, resume_at }, { beside: [], because, param: inDetails })
  for (const [at, item] of items.entries()) {
    const param = (name: string) => `subscription_details[items][${at}][${name}]`
    refuseOthers(item, { beside: ['discounts', 'metadata', 'price', 'quantity'], because, param })
  }
}

/** A cancellation now leaves nothing else to change. */
export function refuseBesideCancellation({ discounts, subscription_details: details = {} }: PreviewGiven): void {
  const because = 'cannot be passed with `subscription_details[cancel_now]`'
  refuseOthers({ discounts }, { beside: [], because })
  const beside = ['cancel_now', 'proration_behavior', 'proration_date']
  refuseOthers(details, { beside, because, param: inDetails })
}

/** Resumed is what was paused, as it was. */
export function refuseBesideResumption({ discounts, subscription_details: details = {} }: PreviewGiven): void {
  const because = 'cannot be passed with `subscription_details[resume_at]`'
  refuseOthers({ discounts }, { beside: [], because })
  const beside = ['billing_cycle_anchor', 'cancel_now', 'proration_behavior', 'proration_date', 'resume_at']
  refuseOthers(details, { beside, because, param: inDetails })
}

/** Only a new subscription is anchored at a moment, which it names; one that is there already stays or begins anew. */
export function refuseAnchor(anchor: PreviewDetails['billing_cycle_anchor'], { isNew }: { isNew: boolean }): void {
  if (!anchor) return
  const param = inDetails('billing_cycle_anchor')
  if (anchor.type === (isNew ? 'unchanged' : 'timestamp')) {
    throw invalidRequest(
      isNew
        ? 'A new subscription has no anchor that could stay `unchanged`: pass `now` or `timestamp`.'
        : 'The anchor of a subscription can only become `now` or stay `unchanged`.',
      { param: `${param}[type]` },
    )
  }
  if (anchor.type === 'timestamp' && anchor.timestamp === undefined) {
    throw invalidRequest(`Missing required param: ${param}[timestamp].`, {
      code: 'parameter_missing',
      param: `${param}[timestamp]`,
    })
  }
  if (anchor.type !== 'timestamp' && anchor.timestamp !== undefined) {
    throw invalidRequest(`\`${param}[timestamp]\` can only be passed with \`${param}[type]=timestamp\`.`, {
      param: `${param}[timestamp]`,
    })
  }
}

/** An invoice is in one currency, and leaves out what is in another. */
export function refuseCurrencies(
  { currency: asked }: PreviewGiven,
  { currency, items }: { currency: string; items: readonly InvoiceItem[] },
): void {
  if (asked !== undefined && asked !== currency) {
    throw invalidRequest(`The invoice is in ${currency}, not in ${asked}: leave \`currency\` out.`, {
      param: 'currency',
    })
  }
  const odd = items.findIndex((item) => item.currency !== currency)
  if (odd < 0) return
  throw invalidRequest(`The invoice is in ${currency}, and this item is not: preview it by itself.`, {
    param: `invoice_items[${odd}][currency]`,
  })
}

/** Refuses whatever is given but these. */
function refuseOthers(given: object, { beside, because, param = (name) => name }: Refusal): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || beside.includes(name)) continue
    throw invalidRequest(`\`${param(name)}\` ${because}.`, { param: param(name) })
  }
}

interface Refusal {
  beside: readonly string[]
  because: string
  /** How a name is called in full. */
  param?: (name: string) => string
}

import type { Context } from '../context.ts'
import { lineItemsOf } from '../checkout/find-session.ts'
import { confirmationOf } from '../invoices/collection.ts'
import type { State } from '../state/state.ts'
import { invalidRequest } from './errors.ts'
import { mayExpand } from './expandable.ts'
import { isHidden, withoutHidden } from './hidden.ts'
import { wholeList } from './list.ts'

const maxDepth = 4

/** The fields that hold an id, or several, and where their objects lie. */
const references: Record<string, keyof State> = {
  charge: 'charges',
  checkout_session: 'checkoutSessions',
  configuration: 'portalConfigurations',
  coupon: 'coupons',
  customer: 'customers',
  default_payment_method: 'paymentMethods',
  default_price: 'prices',
  discount: 'discounts',
  discounts: 'discounts',
  invoice: 'invoices',
  latest_charge: 'charges',
  latest_invoice: 'invoices',
  payment_intent: 'paymentIntents',
  payment_method: 'paymentMethods',
  pending_setup_intent: 'setupIntents',
  price: 'prices',
  product: 'products',
  promotion_code: 'promotionCodes',
  schedule: 'schedules',
  setup_intent: 'setupIntents',
  subscription: 'subscriptions',
  test_clock: 'testClocks',
}

/** The fields that are shown only when they are asked for. */
const includable = new Set([
  'applies_to',
  'confirmation_secret',
  'line_items',
  'payments',
  'refunds',
  'subscriptions',
  'tiers',
])

/** What could be expanded at Stripe, but is of a kind that nothing here has. */
const alwaysNull = new Set([
  'application',
  'application_fee',
  'balance_transaction',
  'credit_note',
  'default_source',
  'failure_balance_transaction',
  'latest_attempt',
  'mandate',
  'on_behalf_of',
  'payment_link',
  'review',
  'single_use_mandate',
  'source',
  'source_transfer',
  'tax_code',
])

type Body = Record<string, unknown>

/** Replaces ids by the objects they stand for, along paths such as `latest_invoice.payments` or `data.customer`. */
export function expand(body: object, paths: readonly string[], ctx: Context): object {
  const shown = withoutHidden(body)
  if (paths.length === 0) return shown
  const copy = structuredClone(shown)
  for (const path of paths) expandField(copy as Body, path.split('.'), { path, ctx })
  return copy
}

/** Refuses, before anything is done, what cannot be expanded in the answer of this endpoint. */
export function checkExpansions(paths: readonly string[], endpoint: { method: string; path: string }): void {
  for (const path of paths) {
    const fields = path.split('.')
    if (fields.length > maxDepth) {
      const message = `You cannot expand more than ${maxDepth} levels of a property. Property: ${path}`
      throw invalidRequest(message, { param: 'expand' })
    }
    const last = fields.at(-1) ?? ''
    const known = last in references || includable.has(last) || alwaysNull.has(last)
    if (!known || !mayExpand(endpoint, fields)) throw cannotExpand(path)
  }
}

function expandField(object: Body, [field = '', ...rest]: string[], along: { path: string; ctx: Context }): void {
  const found = expanded(object, field, along.ctx)
  if (found === undefined && (isHidden(object.object, field) || alwaysNull.has(field))) return
  if (found === undefined) throw cannotExpand(along.path)
  object[field] = found
  if (rest.length === 0) return
  for (const inner of Array.isArray(found) ? (found as unknown[]) : [found]) {
    if (isBody(inner)) expandField(inner, rest, along)
  }
}

function expanded(object: Body, field: string, ctx: Context): unknown {
  const value = field in object ? object[field] : withoutHidden(included(object, field, ctx))
  if (Array.isArray(value))
    return value.map((one: unknown) => (typeof one === 'string' ? resolve(field, one, ctx) : one))
  return typeof value === 'string' ? resolve(field, value, ctx) : value
}

/** The object behind the id in this field; a copy, because deeper fields of it may be expanded too. */
function resolve(field: string, id: string, { state }: Context): unknown {
  const map = references[field]
  if (!map) return undefined
  const found = state[map].get(id) ?? (map === 'coupons' ? state.deletedCoupons.get(id) : undefined)
  // What is no longer kept stays an id.
  return found === undefined ? id : structuredClone(withoutHidden(found))
}

/** What an object shows only when it is asked for. */
function included({ object, id }: Body, field: string, ctx: Context): unknown {
  const { state } = ctx
  switch (`${String(object)}.${field}`) {
    case 'charge.refunds': {
      const own = [...state.refunds.values()].filter(({ charge }) => charge === id)
      return wholeList(structuredClone(own).reverse(), `/v1/refunds?charge=${String(id)}`)
    }
    case 'checkout.session.line_items': {
      const session = state.checkoutSessions.get(String(id))
      return session && structuredClone(lineItemsOf(session, ctx))
    }
    case 'coupon.applies_to':
      return structuredClone(state.coupons.get(String(id))?.applies_to)
    case 'customer.subscriptions': {
      const own = [...state.subscriptions.values()].filter(
        ({ customer, status }) => customer === id && status !== 'canceled',
      )
      return wholeList(structuredClone(own), `/v1/customers/${String(id)}/subscriptions`)
    }
    case 'invoice.confirmation_secret': {
      const invoice = state.invoices.get(String(id))
      return invoice ? confirmationOf(invoice, state) : null
    }
    case 'invoice.payments': {
      const own = [...state.invoicePayments.values()].filter(({ invoice }) => invoice === id)
      return wholeList(structuredClone(own), `/v1/invoice_payments?invoice=${String(id)}`)
    }
    case 'price.tiers':
      return structuredClone(state.prices.get(String(id))?.tiers)
    default:
      return undefined
  }
}

function cannotExpand(path: string): Error {
  return invalidRequest(`This property cannot be expanded (${path}).`, { param: 'expand' })
}

function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null
}

import { beforeEach, expect, test } from 'vitest'
import { isActive, redeem, redeemAll, termsOf, useUp } from '../src/catalogue/discounts.ts'
import { coupons } from '../src/catalogue/coupons.ts'
import { promotionCodeBy, promotionCodes } from '../src/catalogue/promotion-codes.ts'
import { products } from '../src/catalogue/products.ts'
import { createContext, type Context } from '../src/context.ts'
import { customers } from '../src/customers/customer-endpoints.ts'
import type { Endpoint } from '../src/http/endpoint.ts'
import { decodeForm } from '../src/http/form.ts'
import type { Coupon, Customer, EventRecord, Product, PromotionCode } from '../src/state/state.ts'
import { emptyState } from '../src/state/state.ts'

const start = Date.UTC(2027, 0, 31) / 1000
const day = 86_400

let ctx: Context
let events: EventRecord[]

beforeEach(() => {
  events = []
  ctx = createContext(
    {
      state: emptyState(),
      byTime: false,
      url: (path) => path,
      request: { id: null, idempotency_key: null },
      dispatch: (event) => events.push(event),
    },
    start,
  )
})

test('redeeming a coupon counts it and makes a discount that says since when', () => {
  const { id } = coupon('id=spring&percent_off=20&duration=forever')
  const discount = redeem({ coupon: id }, { customer: customer().id, subscription: 'sub_1' }, ctx)
  expect(discount).toMatchObject({
    object: 'discount',
    end: null,
    promotion_code: null,
    source: { coupon: 'spring', type: 'coupon' },
    start,
    subscription: 'sub_1',
  })
  expect(ctx.state.coupons.get(id)?.times_redeemed).toBe(1)
  expect(events.at(-1)).toMatchObject({ type: 'customer.discount.created', data: { object: { id: discount.id } } })
  expect(termsOf(discount, ctx.state)).toEqual({ id: discount.id, percentOff: 20, amountOff: null, products: null })
})

// https://docs.stripe.com/billing/subscriptions/coupons#coupon-duration
test('a repeating discount ends by the calendar, a month that is too short on its last day', () => {
  const { id } = coupon('percent_off=50&duration=repeating&duration_in_months=1')
  const discount = redeem({ coupon: id }, { customer: customer().id }, ctx)
  const end = Date.UTC(2027, 1, 28) / 1000
  expect(discount.end).toBe(end)
  expect([isActive(discount, end - 1), isActive(discount, end)]).toEqual([true, false])
})

test('a discount of the duration `once` is used up by an invoice, and any other is not', () => {
  const [once, forever] = [coupon('percent_off=10&duration=once'), coupon('percent_off=10&duration=forever')]
  const holder = { customer: customer().id }
  const [first, second] = redeemAll([{ coupon: once.id }, { coupon: forever.id }], holder, ctx)
  if (!first || !second) throw new Error('both were redeemed')
  useUp([first.id, second.id, first.id], ctx)
  expect([isActive(first, start), isActive(second, start)]).toEqual([false, true])
  expect(events.filter(({ type }) => type === 'customer.discount.deleted')).toHaveLength(1)
})

test('a coupon that is expired, used up or of another currency is refused, and not counted', () => {
  const holder = { customer: customer().id, param: 'discounts[0]' }
  const timed = coupon(`id=timed&percent_off=10&redeem_by=${start + day}`)
  expect(() => redeem({ coupon: 'timed' }, holder, ctx.at(start + day))).not.toThrow()
  expect(() => redeem({ coupon: 'timed' }, holder, ctx.at(start + day + 1))).toThrow(/^Coupon expired: timed$/)
  expect(timed.times_redeemed).toBe(1)

  const rare = coupon('id=rare&percent_off=10&max_redemptions=1')
  redeem({ coupon: 'rare' }, holder, ctx)
  expect(rare).toMatchObject({ valid: false, times_redeemed: 1 })
  expect(() => redeem({ coupon: 'rare' }, holder, ctx)).toThrow('Coupon rare is used up and cannot be applied.')

  coupon('id=euros&amount_off=500&currency=eur')
  expect(() => redeem({ coupon: 'euros' }, { ...holder, currency: 'usd' }, ctx)).toThrow('cannot be applied to usd')
  expect(() => redeem({ coupon: 'euros' }, { ...holder, currency: 'eur' }, ctx)).not.toThrow()
  expect(() => redeem({ coupon: 'none' }, holder, ctx)).toThrow("No such coupon: 'none'")
  expect(() => redeem({}, holder, ctx)).toThrow('one of coupon, promotion_code or discount')
})

test('a coupon for other products is refused where it is known what is bought', () => {
  const pro = product()
  const { id } = coupon(`percent_off=10&applies_to[products][0]=${pro.id}`)
  const holder = { customer: customer().id }
  expect(() => redeem({ coupon: id }, { ...holder, products: ['prod_other'] }, ctx)).toThrow(
    'does not apply to anything',
  )
  expect(() => redeem({ coupon: id }, { ...holder, products: ['prod_other', pro.id] }, ctx)).not.toThrow()
  expect(() => redeem({ coupon: id }, holder, ctx)).not.toThrow()
})

test('a promotion code is counted with its coupon, and with its last redemption it is active no more', () => {
  const spring = coupon('percent_off=10')
  const code = promotionCode(`promotion[coupon]=${spring.id}&code=SPRING&max_redemptions=2`)
  const holder = { customer: customer().id }
  expect(redeem({ promotion_code: code.id }, holder, ctx).promotion_code).toBe(code.id)
  expect(code).toMatchObject({ active: true, times_redeemed: 1 })
  redeem({ promotion_code: code.id }, holder, ctx)
  expect(code).toMatchObject({ active: false, times_redeemed: 2 })
  expect(spring).toMatchObject({ valid: true, times_redeemed: 2 })
  expect(() => redeem({ promotion_code: code.id }, holder, ctx)).toThrow('used the maximum number of times')
})

test('a promotion code is refused when it is inactive, expired, or for another customer', () => {
  const promotion = `promotion[coupon]=${coupon('percent_off=10').id}`
  const [ada, bob] = [customer(), customer()]
  const off = promotionCode(`${promotion}&active=false`)
  expect(() => redeem({ promotion_code: off.id }, { customer: ada.id }, ctx)).toThrow('it is not active')
  const timed = promotionCode(`${promotion}&expires_at=${start + day}`)
  expect(() => redeem({ promotion_code: timed.id }, { customer: ada.id }, ctx.at(start + day))).toThrow('not active')
  const adas = promotionCode(`${promotion}&customer=${ada.id}`)
  expect(() => redeem({ promotion_code: adas.id }, { customer: bob.id }, ctx)).toThrow('it is for another customer')
  expect(() => redeem({ promotion_code: adas.id }, { customer: ada.id }, ctx)).not.toThrow()
})

// https://docs.stripe.com/billing/subscriptions/coupons#promo-code-restrictions
test('a least amount counts where a purchase begins; elsewhere such a code cannot be had', () => {
  const restrictions = 'restrictions[minimum_amount]=5000&restrictions[minimum_amount_currency]=usd'
  const { id } = promotionCode(`promotion[coupon]=${coupon('percent_off=10').id}&${restrictions}`)
  const using = (amount?: number, currency = 'usd') => {
    redeem({ promotion_code: id }, { customer: customer().id, amount, currency }, ctx)
  }
  expect(() => using(4999)).toThrow('does not meet the minimum amount requirement')
  expect(() => using(5000, 'eur')).toThrow('does not meet the minimum amount requirement')
  expect(() => using()).toThrow('only where a purchase begins')
  expect(() => using(5000)).not.toThrow()
})

// https://docs.stripe.com/billing/subscriptions/coupons#limit-by-first-time-order
test('a code for first-time customers is not for whoever has subscribed or begun to pay before', () => {
  const { id } = promotionCode(
    `promotion[coupon]=${coupon('percent_off=10').id}&restrictions[first_time_transaction]=true`,
  )
  const holder = { customer: customer().id }
  expect(() => redeem({ promotion_code: id }, { ...holder, firstTime: false }, ctx)).toThrow(
    'This promotion code cannot be redeemed because the associated customer has prior transactions.',
  )
  expect(() => redeem({ promotion_code: id }, holder, ctx)).not.toThrow()
  expect(() => redeem({ promotion_code: id }, { customer: null }, ctx)).not.toThrow()
})

// https://docs.stripe.com/billing/subscriptions/coupons#stacking-restrictions
test('discounts are redeemed together or not at all, each of another coupon', () => {
  const [a, b] = [coupon('percent_off=10'), coupon('percent_off=10')]
  const code = promotionCode(`promotion[coupon]=${a.id}`)
  const holder = { customer: customer().id, subscription: 'sub_1' }
  for (const given of [
    [{ coupon: a.id }, { coupon: a.id }],
    [{ coupon: a.id }, { promotion_code: code.id }],
    [{ coupon: b.id }, { coupon: 'none' }],
    Array.from({ length: 21 }, () => ({ coupon: coupon('percent_off=1').id })),
  ]) {
    expect(() => redeemAll(given, holder, ctx)).toThrow()
  }
  expect([a.times_redeemed, b.times_redeemed]).toEqual([0, 0])
  const [kept] = redeemAll([{ coupon: a.id }], holder, ctx)
  expect(() => redeemAll([{ discount: kept?.id }, { coupon: a.id }], holder, ctx)).toThrow('another coupon')
  const both = redeemAll([{ discount: kept?.id }, { coupon: b.id }], holder, ctx)
  expect(both.map(({ source }) => source.coupon)).toEqual([a.id, b.id])
  expect(a.times_redeemed).toBe(1)
})

test('a discount that is not the holder’s cannot be kept', () => {
  const mine = redeem({ coupon: coupon('percent_off=10').id }, { customer: customer().id, subscription: 'sub_1' }, ctx)
  for (const holder of [
    { customer: customer().id, subscription: 'sub_1' },
    { customer: mine.customer, subscription: 'sub_2' },
  ]) {
    expect(() => redeem({ discount: mine.id }, holder, ctx)).toThrow(`No such discount: '${mine.id}'`)
  }
})

// https://docs.stripe.com/billing/subscriptions/coupons#delete-coupons
test('what was redeemed keeps its terms when the coupon is deleted and its id given to another', () => {
  const owner = customer().id
  const old = redeem({ coupon: coupon('id=SALE&percent_off=10').id }, { customer: owner }, ctx)
  remove(coupons, 'SALE')
  expect(() => redeem({ coupon: 'SALE' }, { customer: owner }, ctx)).toThrow("No such coupon: 'SALE'")
  ctx = ctx.at(start + day)
  coupon('id=SALE&percent_off=20')
  const fresh = redeem({ coupon: 'SALE' }, { customer: owner }, ctx)
  expect([old, fresh].map((discount) => termsOf(discount, ctx.state).percentOff)).toEqual([10, 20])
})

test('what a person types finds the code for them, else the one for everybody', () => {
  const promotion = `promotion[coupon]=${coupon('percent_off=10').id}`
  const ada = customer()
  const hers = promotionCode(`${promotion}&code=HELLO&customer=${ada.id}`)
  const open = promotionCode(`${promotion}&code=WELCOME`)
  expect(promotionCodeBy('hello', ada.id, ctx.state)).toBe(hers)
  expect(promotionCodeBy('hello', null, ctx.state)).toBeNull()
  expect(promotionCodeBy('Welcome', ada.id, ctx.state)).toBe(open)
})

function coupon(form: string): Coupon {
  return stored(ctx.state.coupons, create(coupons, form))
}

function promotionCode(form: string): PromotionCode {
  return stored(ctx.state.promotionCodes, create(promotionCodes, `promotion[type]=coupon&${form}`))
}

function customer(): Customer {
  return stored(ctx.state.customers, create(customers, '')) as Customer
}

function product(): Product {
  return stored(ctx.state.products, create(products, 'name=Pro'))
}

function create(endpoints: Endpoint[], form: string): string {
  const endpoint = endpoints.find(({ method, path }) => method === 'POST' && !path.includes(':'))
  const made = endpoint?.prepare({ id: '', part: '' }, decodeForm(form))(ctx) as { id: string }
  return made.id
}

function remove(endpoints: Endpoint[], id: string): void {
  endpoints.find(({ method }) => method === 'DELETE')?.prepare({ id, part: '' }, {})(ctx)
}

function stored<Held>(map: Map<string, Held>, id: string): Held {
  const held = map.get(id)
  if (!held) throw new Error(`${id} is not stored`)
  return held
}

import { formatMoney } from '../arithmetic/money.ts'
import { clockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { html, type Html } from '../pages/html.ts'
import { date, perPeriod, renewal } from '../pages/wording.ts'
import type { CheckoutOrder, CheckoutSession, Coupon, LineItem, Price } from '../state/state.ts'
import type { CheckoutForm } from './checkout-form.ts'
import { orderOf } from './find-session.ts'
import { couponOf } from './checkout-discounts.ts'
import { regularAmounts, trialEndOf } from './checkout-quote.ts'
import { isMetered, priceOf, quantityLimits } from './line-items.ts'
import { rateOf, tiersOf } from './price-text.ts'

/** What is wrong with what was typed here, and what was typed. */
export interface SummaryState {
  form: CheckoutForm
  promotionError: string | null
  quantityErrors: Record<string, string>
}

/** What is bought, what it costs now and later, and the code that makes it cheaper. */
export function summary(session: CheckoutSession, state: SummaryState, ctx: Context): Html {
  const { cancel_url: back } = session
  return html`<section class="summary" aria-label="Order summary">
    ${back !== null && html`<p><a class="back" href="${back}">Back</a></p>`}
    ${session.mode === 'setup' ? cardOnly(session) : costs(session, state, ctx)} ${testClock(session, ctx)}
  </section>`
}

/** `Pro and Setup fee`, `Pro and 3 more`. */
export function nameOf({ lineItems }: CheckoutOrder): string {
  const [first = '', second, ...others] = lineItems.map(({ description }) => description ?? '')
  if (second === undefined) return first
  return `${first} and ${others.length === 0 ? second : `${others.length + 1} more`}`
}

/** How long the trial would last; null without one. */
export function trialDays({ subscription }: CheckoutOrder, now: number): number | null {
  const end = trialEndOf(subscription, now)
  return end === null ? null : Math.round((end - now) / 86_400)
}

function cardOnly({ customer_details: details }: CheckoutSession): Html {
  return html`<h1>Save payment details</h1>
    <p class="amount">No charge today</p>
    <p class="muted">
      The card is kept${details?.email ? ` for ${details.email}` : ''}, and charged only as you agree.
    </p>`
}

function costs(session: CheckoutSession, state: SummaryState, ctx: Context): Html {
  const order = orderOf(session, ctx)
  const money = (amount: number) => formatMoney(amount, session.currency ?? 'usd')
  const discount = session.total_details?.amount_discount ?? 0
  const coupon = couponOf(session, ctx.state)
  return html`<h1>${session.mode === 'payment' ? 'Pay for' : 'Subscribe to'} ${nameOf(order)}</h1>
    ${headline(session, order, ctx)}
    <dl class="lines">
      ${order.lineItems.map((item) => line(item, { order, state }, ctx))}
      ${
        (coupon !== null || discount > 0) &&
        html`<div>
          <dt>Subtotal</dt>
          <dd>${money(session.amount_subtotal ?? 0)}</dd>
        </div>`
      }
      ${coupon && discountLine(session, coupon, money(-discount), ctx)}
      <div class="total">
        <dt>Total due today</dt>
        <dd>${money(session.amount_total ?? 0)}</dd>
      </div>
    </dl>
    ${session.allow_promotion_codes && !session.discounts?.length && promotion(state)}
    ${session.mode === 'subscription' && renewalNote(order)}`
}

/** The price in large, and below it what follows if that differs. */
function headline(session: CheckoutSession, order: CheckoutOrder, ctx: Context): Html {
  const currency = session.currency ?? 'usd'
  const today = formatMoney(session.amount_total ?? 0, currency)
  const price = recurringPrice(order)
  if (!price) return html`<p class="amount">${today}</p>`
  const { full, discounted, coupon } = regularAmounts(session, order, ctx)
  const usage = order.lineItems.some((item) => isMetered(priceOf(item))) ? ' and what you use' : ''
  const each = (amount: number) => `${formatMoney(amount, currency)} ${perPeriod(price)}${usage}`
  const limited = coupon?.duration === 'repeating' && discounted !== full
  const terms = limited ? `${each(discounted)} for ${months(coupon)}, then ${each(full)}` : each(discounted)
  const days = trialDays(order, ctx.now)
  const from = days === null ? anchorAhead(order, ctx.now) : ctx.now + days * 86_400
  if (from === null && session.amount_total === discounted && usage === '') {
    return html`<p class="amount">${today} <small>${perPeriod(price)}${limited && ` for ${months(coupon)}`}</small></p>
      ${limited && html`<p class="muted">Then ${each(full)}.</p>`}`
  }
  return html`<p class="amount">${days === null ? html`${today} <small>due today</small>` : daysFree(days)}</p>
    <p class="muted">Then ${terms}${from !== null && html`, from ${date(from)}`}.</p>`
}

function line(item: LineItem, { order, state }: { order: CheckoutOrder; state: SummaryState }, ctx: Context): Html {
  const price = priceOf(item)
  const limits = quantityLimits(item, order.lineItems)
  const tiers = tiersOf(price)
  const days = price.recurring ? trialDays(order, ctx.now) : null
  const amount = days === null ? formatMoney(item.amount_subtotal, item.currency) : daysFree(days)
  return html`<div>
    <dt>
      ${item.description}
      <small>
        ${rateOf(price, ctx.state.products.get(price.product))}${!limits && (item.quantity ?? 1) > 1 && `, quantity ${item.quantity ?? 1}`}
      </small>
      ${tiers.length > 0 && html`<small class="tiers">${tiers.map((tier) => html`<span>${tier}</span>`)}</small>`}
      ${limits && quantity(item, limits, state)}
    </dt>
    <dd>${isMetered(price) ? 'Varies with use' : amount}</dd>
  </div>`
}

/** Works with its button alone; with script a change is enough. */
function quantity(item: LineItem, { least, most }: { least: number; most: number }, state: SummaryState): Html {
  const id = `quantity-${item.id}`
  const error = state.quantityErrors[item.id]
  const value = error === undefined ? String(item.quantity ?? 1) : (state.form.quantities[item.id] ?? '')
  return html`<span class="quantity">
      <label for="${id}">Quantity<span class="hidden"> of ${item.description}</span></label>
      <input
        id="${id}"
        name="quantity[${item.id}]"
        type="number"
        inputmode="numeric"
        min="${least}"
        max="${most}"
        value="${value}"
        ${error !== undefined && refusedBy(`${id}-error`)}
      />
      <button class="text" type="submit" name="action" value="update" formnovalidate>Update</button>
    </span>
    ${error !== undefined && html`<span class="error" id="${id}-error">${error}</span>`}`
}

function discountLine(session: CheckoutSession, coupon: Coupon, amount: string, ctx: Context): Html {
  const code = ctx.state.promotionCodes.get(session.discounts?.[0]?.promotion_code ?? '')?.code ?? null
  return html`<div>
    <dt>
      <span class="code">${code ?? coupon.name ?? 'Discount'}</span>
      ${
        session.allow_promotion_codes &&
        html`<button class="text" type="submit" name="action" value="remove" formnovalidate>
          Remove<span class="hidden"> code ${code}</span>
        </button>`
      }
      <small>${termsText(coupon)}</small>
    </dt>
    <dd>${amount}</dd>
  </div>`
}

/** `20% off for 3 months`, `$5.00 off once`. */
function termsText(coupon: Coupon): string {
  const { percent_off: percent, amount_off: amount, currency, duration } = coupon
  const off = percent === null ? `${formatMoney(amount ?? 0, currency ?? 'usd')} off` : `${percent}% off`
  if (duration === 'forever') return off
  if (duration === 'once') return `${off} once`
  return `${off} for ${months(coupon)}`
}

function months({ duration_in_months: count }: Coupon): string {
  return count === 1 ? 'a month' : `${count ?? 0} months`
}

function daysFree(days: number): string {
  return days === 1 ? '1 day free' : `${days} days free`
}

/** The attributes of a field that was filled in wrong, as the text with this id says. */
function refusedBy(id: string): Html {
  return html`aria-invalid="true" aria-describedby="${id}" autofocus`
}

/** When the first full period begins, if it begins later. */
function anchorAhead({ subscription: { billingCycleAnchor: anchor } }: CheckoutOrder, now: number): number | null {
  return anchor !== null && anchor > now ? anchor : null
}

/** A disclosure, as on Stripe's page, that is open while there is something in it. */
function promotion({ form, promotionError: error }: SummaryState): Html {
  const open = error !== null || form.promotionCode !== ''
  return html`<details class="promotion" ${open && 'open'}>
    <summary>Add promotion code</summary>
    <div class="field">
      <label for="promotionCode">Promotion code</label>
      <span class="together">
        <input
          id="promotionCode"
          name="promotionCode"
          value="${form.promotionCode}"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck="false"
          ${error !== null && refusedBy('promotionCode-error')}
        />
        <button class="button secondary" type="submit" name="action" value="apply" formnovalidate>Apply</button>
      </span>
      ${error !== null && html`<p class="error" id="promotionCode-error">${error}</p>`}
    </div>
  </details>`
}

function renewalNote(order: CheckoutOrder): Html | null {
  const price = recurringPrice(order)
  if (!price) return null
  return html`<p class="muted">Tax is not collected. The subscription renews ${renewal(price)} until you cancel it.</p>`
}

function testClock({ customer }: CheckoutSession, ctx: Context): Html | null {
  const clock = clockOf(customer, ctx.state)
  return clock && html`<p class="muted">For this customer it is ${date(clock.frozen_time)}, by their test clock.</p>`
}

function recurringPrice({ lineItems }: CheckoutOrder): Price | null {
  return lineItems.map(priceOf).find(({ recurring }) => recurring) ?? null
}

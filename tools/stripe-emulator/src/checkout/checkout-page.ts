import type { Context } from '../context.ts'
import { formatMoney } from '../arithmetic/money.ts'
import { lineItemsOf } from './checkout-sessions.ts'
import type { CheckoutSession, LineItem, Price } from '../state/state.ts'
import type { CheckoutField, CheckoutForm } from './checkout-form.ts'
import { html, type Content, type Html } from '../pages/html.ts'
import { date, every, notice, renewal, unitPrice, type Page } from '../pages/layout.ts'

/** What the person typed, and what is wrong with it. */
export interface Attempt {
  form: CheckoutForm
  errors: Partial<Record<CheckoutField, string>>
  decline: string | null
}

export function checkoutPage(session: CheckoutSession, attempt: Attempt | null, ctx: Context): Page {
  const { data: items } = lineItemsOf(session, ctx)
  const price = items[0]?.price
  if (session.status === 'complete') {
    return notice('You have already paid', 'This checkout is complete. There is nothing more to do here.', {
      href: successUrl(session),
      label: 'Continue',
    })
  }
  if (session.status === 'expired' || !price) return expired(session)
  const trialDays = ctx.state.checkoutOrders.get(session.id)?.subscription.trialDays ?? null
  return {
    title: `Subscribe to ${nameOf(items)}`,
    shape: 'split',
    body: [summary(session, { items, price, trialDays }, ctx), payment(session, { attempt, trialDays }, ctx)],
  }
}

/** Where the browser goes once it is paid. */
export function successUrl({ id, success_url: url }: CheckoutSession): string {
  return (url ?? '/').replaceAll('{CHECKOUT_SESSION_ID}', id)
}

function expired({ cancel_url: back }: CheckoutSession): Page {
  return notice(
    'This checkout has expired',
    'The link is no longer valid and nothing was paid. Go back and start again.',
    back === null ? undefined : { href: back, label: 'Go back' },
  )
}

function summary(
  { cancel_url: back }: CheckoutSession,
  { items, price, trialDays }: { items: LineItem[]; price: Price; trialDays: number | null },
  ctx: Context,
): Html {
  const total = items.reduce((sum, { amount_total }) => sum + amount_total, 0)
  const recurring = formatMoney(total, price.currency)
  const today = formatMoney(trialDays === null ? total : 0, price.currency)
  return html`<section class="summary" aria-label="Order summary">
    ${back !== null && html`<p><a class="back" href="${back}">Back</a></p>`}
    <h1>Subscribe to ${nameOf(items)}</h1>
    ${
      trialDays === null
        ? html`<p class="amount">${recurring} <small>${every(price)}</small></p>`
        : html`<p class="amount">${trialDays} days free</p>
            <p class="muted">Then ${recurring} ${every(price)}, from ${date(ctx.now + trialDays * 86_400)}.</p>`
    }
    <dl class="lines">
      ${items.map(
        (item) =>
          html`<div>
            <dt>
              ${item.description}
              <small>
                ${item.price && unitPrice(item.price)}${(item.quantity ?? 1) > 1 && `, quantity ${item.quantity ?? 1}`}
              </small>
            </dt>
            <dd>${formatMoney(item.amount_total, item.currency)}</dd>
          </div>`,
      )}
      <div class="total">
        <dt>Total due today</dt>
        <dd>${today}</dd>
      </div>
    </dl>
    <p class="muted">Tax is not collected. The subscription renews ${renewal(price)} until you cancel it.</p>
  </section>`
}

function payment(
  session: CheckoutSession,
  { attempt, trialDays }: { attempt: Attempt | null; trialDays: number | null },
  ctx: Context,
): Html {
  const { errors = {}, decline = null } = attempt ?? {}
  const values = attempt?.form ?? blankForm(session, ctx)
  const button =
    trialDays === null
      ? `Subscribe and pay ${formatMoney(session.amount_total ?? 0, session.currency ?? 'usd')}`
      : `Subscribe and start ${trialDays}-day trial`
  const firstWrong = Object.keys(errors)[0]
  const field = (name: CheckoutField, label: string, attributes: Content) =>
    input({ name, label, value: values[name], error: errors[name], focused: name === firstWrong, attributes })
  return html`<section class="card" aria-label="Payment">
    <form method="post" data-progress="Processing…" novalidate>
      ${decline !== null && html`<p class="alert" role="alert" tabindex="-1" autofocus>${decline}</p>`}
      <h2>Contact</h2>
      ${field('email', 'Email', html`type="email" autocomplete="email" required`)}
      <h2>Card</h2>
      ${field('cardNumber', 'Card number', html`inputmode="numeric" autocomplete="cc-number" required`)}
      <div class="row">
        ${field('cardExpiry', 'Expiry (MM / YY)', html`inputmode="numeric" autocomplete="cc-exp" required`)}
        ${field('cardCvc', 'Security code', html`inputmode="numeric" autocomplete="cc-csc" required`)}
      </div>
      ${field('name', 'Name on card (optional)', html`autocomplete="cc-name"`)}
      <fieldset class="cards" hidden>
        <legend>Try a test card</legend>
        <button type="button" data-card="4242 4242 4242 4242">Succeeds</button>
        <button type="button" data-card="4000 0000 0000 0002">Declined</button>
        <button type="button" data-card="4000 0000 0000 9995">Insufficient funds</button>
      </fieldset>
      <button class="button wide" type="submit">${button}</button>
      <p class="muted small">By subscribing you allow this imaginary charge, and those that follow.</p>
    </form>
  </section>`
}

function input({
  name,
  label,
  value,
  error,
  focused,
  attributes,
}: {
  name: CheckoutField
  label: string
  value: string
  error: string | undefined
  focused: boolean
  attributes: Content
}): Html {
  const invalid = error !== undefined && html`aria-invalid="true" aria-describedby="${name}-error"`
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input id="${name}" name="${name}" value="${value}" ${attributes} ${invalid} ${focused && 'autofocus'} />
    ${error !== undefined && html`<p class="error" id="${name}-error">${error}</p>`}
  </div>`
}

/** Filled in with the card that works, so that a walk through the product needs one click here. */
function blankForm(session: CheckoutSession, { now }: Context): CheckoutForm {
  const year = (new Date(now * 1000).getUTCFullYear() + 4) % 100
  return {
    email: session.customer_details?.email ?? '',
    cardNumber: '4242 4242 4242 4242',
    cardExpiry: `12 / ${String(year).padStart(2, '0')}`,
    cardCvc: '123',
    // Ours is the name of an organisation, which no card bears.
    name: '',
  }
}

function nameOf(items: LineItem[]): string {
  return items.map(({ description }) => description ?? '').join(' and ')
}

import { formatMoney } from '../arithmetic/money.ts'
import type { Context } from '../context.ts'
import { html, type Content, type Html } from '../pages/html.ts'
import type { CheckoutSession, PaymentMethod } from '../state/state.ts'
import type { CheckoutErrors, CheckoutField, CheckoutForm } from './checkout-form.ts'
import { orderOf } from './find-session.ts'
import { needsMethod } from './checkout-quote.ts'
import { trialDays } from './checkout-summary.ts'
import { findCustomerOf, savedCards } from './saved-cards.ts'

interface PaymentState {
  form: CheckoutForm
  errors: CheckoutErrors
  problem: string | null
  message: string | null
  waiting: { url: string } | null
}

/** Who pays, and with what. */
export function payment(session: CheckoutSession, state: PaymentState, ctx: Context): Html {
  const { form, errors, problem, message, waiting } = state
  const known = findCustomerOf(session, ctx)?.email ?? null
  const needed = needsMethod(session)
  const { submit, after_submit: after } = session.custom_text
  const field = fieldsOf(form, errors)
  return html`<section class="card" aria-label="Payment">
    ${problem !== null && html`<p class="alert" role="alert" tabindex="-1" autofocus>${problem}</p>`}
    ${message !== null && html`<p class="alert calm" role="status" tabindex="-1" autofocus>${message}</p>`}
    ${waiting && problem === null && unanswered(waiting)}
    <h2>Contact</h2>
    ${
      known === null
        ? field('email', 'Email', html`type="email" autocomplete="email" required`)
        : html`<div class="field">
            <label for="email">Email</label>
            <input id="email" name="email" type="email" value="${known}" autocomplete="email" readonly />
          </div>`
    }
    ${needed && methods(session, { form, field }, ctx)} ${submit && html`<p class="muted small">${submit.message}</p>`}
    <button class="button wide" type="submit">${buttonText(session, ctx)}</button>
    <p class="muted small">${agreement(session, needed)}</p>
    ${after && html`<p class="muted small">${after.message}</p>`}
  </section>`
}

type Field = (name: CheckoutField, label: string, attributes: Content) => Html

function fieldsOf(form: CheckoutForm, errors: CheckoutErrors): Field {
  const firstWrong = Object.keys(errors)[0]
  return (name, label, attributes) => {
    const error = errors[name]
    const invalid = error !== undefined && html`aria-invalid="true" aria-describedby="${name}-error"`
    const focus = name === firstWrong && 'autofocus'
    return html`<div class="field">
      <label for="${name}">${label}</label>
      <input id="${name}" name="${name}" value="${form[name]}" ${attributes} ${invalid} ${focus} />
      ${error !== undefined && html`<p class="error" id="${name}-error">${error}</p>`}
    </div>`
  }
}

function methods(session: CheckoutSession, { form, field }: { form: CheckoutForm; field: Field }, ctx: Context): Html {
  const saved = savedCards(session, ctx)
  if (saved.length === 0)
    return html`<h2>Card</h2>
      ${cardFields(session, { form, field }, ctx)}`
  const known = saved.some(({ id }) => id === form.paymentMethod)
  const removable = session.saved_payment_method_options?.payment_method_remove === 'enabled'
  return html`<fieldset class="methods">
      <legend>Card</legend>
      ${saved.map((method) => savedCard(method, { chosen: method.id === form.paymentMethod, removable }))}
      <div class="method">
        <label>
          <input type="radio" name="paymentMethod" value="new" ${!known && 'checked'} />
          <span>Use another card</span>
        </label>
      </div>
    </fieldset>
    <div class="new-card">${cardFields(session, { form, field }, ctx)}</div>`
}

function savedCard({ id, card }: PaymentMethod, { chosen, removable }: { chosen: boolean; removable: boolean }): Html {
  if (!card) return html``
  const name = `${brands[card.brand] ?? card.brand} ending in ${card.last4}`
  const expiry = `${String(card.exp_month).padStart(2, '0')} / ${String(card.exp_year % 100).padStart(2, '0')}`
  return html`<div class="method">
    <label>
      <input type="radio" name="paymentMethod" value="${id}" ${chosen && 'checked'} />
      <span>${name} <small>Expires ${expiry}</small></span>
    </label>
    ${
      removable &&
      html`<button class="text" type="submit" name="action" value="forget ${id}" formnovalidate>
        Remove<span class="hidden"> ${name}</span>
      </button>`
    }
  </div>`
}

const brands: Record<string, string> = {
  amex: 'American Express',
  diners: 'Diners Club',
  discover: 'Discover',
  jcb: 'JCB',
  mastercard: 'Mastercard',
  unionpay: 'UnionPay',
  visa: 'Visa',
}

function cardFields(
  session: CheckoutSession,
  { form, field }: { form: CheckoutForm; field: Field },
  ctx: Context,
): Html {
  const maySave =
    session.saved_payment_method_options?.payment_method_save === 'enabled' && findCustomerOf(session, ctx) !== null
  return html`${field('cardNumber', 'Card number', html`inputmode="numeric" autocomplete="cc-number" required`)}
    <div class="row">
      ${field('cardExpiry', 'Expiry (MM / YY)', html`inputmode="numeric" autocomplete="cc-exp" required`)}
      ${field('cardCvc', 'Security code', html`inputmode="numeric" autocomplete="cc-csc" required`)}
    </div>
    ${field('name', 'Name on card (optional)', html`autocomplete="cc-name"`)}
    ${
      maySave &&
      html`<label class="check">
        <input type="checkbox" name="save" value="on" ${form.save && 'checked'} />
        <span>Show this card at my next checkout</span>
      </label>`
    }
    <fieldset class="cards" hidden>
      <legend>Try a test card</legend>
      <button type="button" data-card="4242 4242 4242 4242">Succeeds</button>
      <button type="button" data-card="4000 0027 6000 3184">3D Secure</button>
      <button type="button" data-card="4000 0000 0000 0002">Declined</button>
      <button type="button" data-card="4000 0000 0000 9995">No funds</button>
    </fieldset>`
}

function unanswered({ url }: { url: string }): Html {
  return html`<p class="alert calm" role="status">
    Your bank still waits for your confirmation. <a href="${url}">Confirm the payment</a>, or pay with another card.
  </p>`
}

function buttonText(session: CheckoutSession, ctx: Context): string {
  if (session.mode === 'setup') return 'Save card'
  const days = trialDays(orderOf(session, ctx), ctx.now)
  const total = session.amount_total ?? 0
  const amount = formatMoney(total, session.currency ?? 'usd')
  if (session.mode === 'payment') return `Pay ${amount}`
  if (total > 0) return `Subscribe and pay ${amount}`
  return days === null ? 'Subscribe' : `Subscribe and start ${days}-day trial`
}

function agreement(session: CheckoutSession, needed: boolean): string {
  if (session.mode === 'setup') return 'By saving this card you allow imaginary charges to it in the future.'
  if (session.mode === 'payment') return 'By paying you allow this imaginary charge.'
  if (!needed) return 'No card is needed today.'
  if ((session.amount_total ?? 0) > 0) return 'By subscribing you allow this imaginary charge, and those that follow.'
  return 'Nothing is charged today. By subscribing you allow the imaginary charges that follow.'
}

import { formatMoney } from '../arithmetic/money.ts'
import type { Context } from '../context.ts'
import { cardInputs } from '../pages/card-form.ts'
import { fieldsOf } from '../pages/fields.ts'
import { html, type Html } from '../pages/html.ts'
import { cardName } from '../pages/wording.ts'
import type { CheckoutSession, PaymentMethod } from '../state/state.ts'
import type { CheckoutErrors, CheckoutField, CheckoutForm } from './checkout-form.ts'
import { orderOf } from './find-session.ts'
import { needsMethod } from './checkout-quote.ts'
import { trialDays } from './checkout-summary.ts'
import { findCustomerOf, savedCards } from './saved-cards.ts'

interface Typed {
  form: CheckoutForm
  errors: CheckoutErrors
}

interface PaymentState extends Typed {
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
  const field = fieldsOf<CheckoutField>(form, errors)
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
    ${needed && methods(session, { form, errors }, ctx)} ${submit && html`<p class="muted small">${submit.message}</p>`}
    <button class="button wide" type="submit">${buttonText(session, ctx)}</button>
    <p class="muted small">${agreement(session, needed)}</p>
    ${after && html`<p class="muted small">${after.message}</p>`}
  </section>`
}

function methods(session: CheckoutSession, typed: Typed, ctx: Context): Html {
  const { form } = typed
  const saved = savedCards(session, ctx)
  if (saved.length === 0)
    return html`<h2>Card</h2>
      ${cardFields(session, typed, ctx)}`
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
    <div class="new-card">${cardFields(session, typed, ctx)}</div>`
}

function savedCard(method: PaymentMethod, { chosen, removable }: { chosen: boolean; removable: boolean }): Html {
  const { id, card } = method
  if (!card) return html``
  const name = cardName(method)
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

function cardFields(session: CheckoutSession, { form, errors }: Typed, ctx: Context): Html {
  const maySave =
    session.saved_payment_method_options?.payment_method_save === 'enabled' && findCustomerOf(session, ctx) !== null
  return cardInputs(
    form,
    errors,
    maySave &&
      html`<label class="check">
        <input type="checkbox" name="save" value="on" ${form.save && 'checked'} />
        <span>Show this card at my next checkout</span>
      </label>`,
  )
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

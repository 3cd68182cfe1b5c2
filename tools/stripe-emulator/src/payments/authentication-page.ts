import { formatMoney } from '../arithmetic/money.ts'
import { html, type Html } from '../pages/html.ts'
import { notice, type Page } from '../pages/layout.ts'
import type { PaymentIntent, PaymentMethod, SetupIntent } from '../state/state.ts'

/** What a bank shows to the holder of a card: who asks for what, to be approved or not. */
export function authenticationPage(intent: PaymentIntent | SetupIntent, method: PaymentMethod | undefined): Page {
  const asks = intent.object === 'payment_intent' ? 'pay' : 'save this card'
  return {
    title: 'Confirm it is you',
    shape: 'narrow',
    body: html`<section class="card" aria-labelledby="bank">
      <header>
        <h1 id="bank">Confirm it is you</h1>
        <p class="muted">Your bank asks whether you want to ${asks}. This stand-in plays the bank.</p>
      </header>
      <dl class="facts">
        ${fact('Merchant', 'Stripe stand-in')} ${fact('Amount', amountOf(intent))} ${fact('Card', cardOf(method))}
      </dl>
      ${answer('complete', 'Complete authentication')} ${answer('fail', 'Fail authentication')}
    </section>`,
  }
}

/** What there is to read once the bank has its answer, where there is nothing to go back to. */
export function answeredPage(intent: PaymentIntent | SetupIntent, back?: string): Page {
  const link = back === undefined ? undefined : { href: back, label: 'Continue' }
  if (intent.status === 'succeeded')
    return notice('Authentication complete', `${doneText(intent)} You can close this page.`, link)
  if (intent.status === 'requires_payment_method') {
    return notice('That did not go through', 'Nothing was charged. Go back and try again, or use another card.', link)
  }
  return notice('Nothing to confirm', 'Your bank does not wait for an answer any longer.', link)
}

function doneText({ object }: PaymentIntent | SetupIntent): string {
  return object === 'payment_intent' ? 'The payment went through.' : 'The card is saved.'
}

/** A form each, so that either button shows by itself that it works. */
function answer(value: 'complete' | 'fail', label: string): Html {
  return html`<form method="post" data-progress="One moment…">
    <input type="hidden" name="answer" value="${value}" />
    <button class="button wide ${value === 'fail' && 'secondary'}" type="submit">${label}</button>
  </form>`
}

function amountOf(intent: PaymentIntent | SetupIntent): string {
  return intent.object === 'payment_intent' ? formatMoney(intent.amount, intent.currency) : 'Nothing is charged now'
}

function cardOf(method: PaymentMethod | undefined): string {
  return method?.card ? `•••• ${method.card.last4}` : ''
}

function fact(term: string, description: string): Html {
  return html`<div>
    <dt>${term}</dt>
    <dd>${description}</dd>
  </div>`
}

import { formatMoney } from '../arithmetic/money.ts'
import type { Context } from '../context.ts'
import { html } from '../pages/html.ts'
import { notice, type Page } from '../pages/layout.ts'
import type { CheckoutSession } from '../state/state.ts'
import { blankForm, type CheckoutErrors, type CheckoutForm } from './checkout-form.ts'
import { orderOf } from './find-session.ts'
import { nameOf, summary } from './checkout-summary.ts'
import { payment } from './payment-section.ts'

/** What was sent, and what came of it. */
export interface Attempt {
  form: CheckoutForm
  errors: CheckoutErrors
  /** Why the bank or the session said no. */
  problem: string | null
  /** What has changed, where that is worth a sentence. */
  message: string | null
  promotionError: string | null
  quantityErrors: Record<string, string>
}

/** Where the bank waits for an answer that the person has left open. */
export interface Waiting {
  url: string
}

export function checkoutPage(
  session: CheckoutSession,
  { attempt, waiting }: { attempt: Partial<Attempt>; waiting: Waiting | null },
  ctx: Context,
): Page {
  if (session.status === 'complete') return completed(session)
  if (session.status === 'expired') return expired(session)
  const { form = blankForm(session, ctx), errors = {}, problem = null, message = null } = attempt
  const { promotionError = null, quantityErrors = {} } = attempt
  return {
    title: titleOf(session, ctx),
    shape: 'split',
    // One form for both columns: whichever button is pressed, nothing that was typed is lost. The first button is the
    // one that the Enter key presses, so it is the one that pays.
    body: html`<form class="checkout" method="post" data-progress="Processing…" novalidate>
      <button class="hidden" type="submit" tabindex="-1" aria-hidden="true">Continue</button>
      ${session.amount_total !== null && html`<input type="hidden" name="total" value="${session.amount_total}" />`}
      ${summary(session, { form, promotionError, quantityErrors }, ctx)}
      ${payment(session, { form, errors, problem, message, waiting }, ctx)}
    </form>`,
  }
}

/** Where the browser goes once it is paid. */
export function successUrl({ id, success_url: url }: CheckoutSession): string {
  return (url ?? '/').replaceAll('{CHECKOUT_SESSION_ID}', id)
}

/** What a person is told when the order has changed since they last saw what it costs. */
export function changedText({ amount_total: total, currency }: CheckoutSession): string {
  return `The total is now ${formatMoney(total ?? 0, currency ?? 'usd')}. Nothing was charged yet.`
}

function titleOf(session: CheckoutSession, ctx: Context): string {
  if (session.mode === 'setup') return 'Save payment details'
  return `${session.mode === 'payment' ? 'Pay for' : 'Subscribe to'} ${nameOf(orderOf(session, ctx))}`
}

function completed(session: CheckoutSession): Page {
  const link = { href: successUrl(session), label: 'Continue' }
  if (session.mode === 'setup') return notice('Your card is saved', 'There is nothing more to do here.', link)
  const title = session.payment_status === 'paid' ? 'You have already paid' : 'You have already subscribed'
  return notice(title, 'This checkout is complete. There is nothing more to do here.', link)
}

function expired({ cancel_url: back }: CheckoutSession): Page {
  return notice(
    'This checkout has expired',
    'The link is no longer valid and nothing was paid. Go back and start again.',
    back === null ? undefined : { href: back, label: 'Go back' },
  )
}

import type { Context } from '../context.ts'
import { methodOf } from '../invoices/collection.ts'
import { billedSubscription, customerOf } from '../invoices/draft.ts'
import { isRefusedForGood } from '../invoices/dunning.ts'
import { html, type Content, type Html } from '../pages/html.ts'
import { dateAndTime } from '../pages/wording.ts'
import { ownedBy } from '../state/owners.ts'
import { settingsOf } from '../state/settings.ts'
import type { Invoice, PaymentIntent, State, Subscription } from '../state/state.ts'
import { hasEnded } from '../subscriptions/invoice-settled.ts'
import { cardLink } from './customer-page.ts'
import { linkTo } from './objects.ts'
import { count } from './parts.ts'

/** Why an invoice is not paid, what the last attempt met with, and what becomes of it by itself. */
export function invoiceStanding(invoice: Invoice, { state, now }: Context): Html | null {
  if (invoice.status === 'paid') return null
  const intent = lastIntent(invoice, state)
  const sentences = [
    standsAs(invoice, state),
    lastAttempt(invoice, intent, state),
    whatFollows(invoice, { state, now }),
  ]
  return html`<p class="standing">${sentences.filter(Boolean).map((sentence) => html`${sentence} `)}</p>`
}

function standsAs(invoice: Invoice, state: State): Content {
  const { voided_at: voided, marked_uncollectible_at: writtenOff } = invoice.status_transitions
  const pause = billedSubscription(invoice, state)?.pause_collection?.behavior
  const paused = pause === (invoice.status === 'void' ? 'void' : 'mark_uncollectible') && pausedAt(invoice, state)
  if (invoice.status === 'void') return html`Voided${on(voided)}${paused && html`: ${paused}`}.`
  if (invoice.status === 'uncollectible') return html`Written off${on(writtenOff)}${paused && html`: ${paused}`}.`
  return invoice.status === 'open' && 'Not paid.'
}

/** The payment of a voided invoice was cancelled; what its bank said is still there. */
function lastIntent({ id, customer }: Invoice, state: State): PaymentIntent | null {
  const payment = ownedBy('invoicePayments', customer ?? '', state).findLast(({ invoice }) => invoice === id)
  return state.paymentIntents.get(payment?.payment.payment_intent ?? '') ?? null
}

function lastAttempt(invoice: Invoice, intent: PaymentIntent | null, state: State): Content {
  const { last_payment_error: error, payment_method: method } = intent ?? {}
  if (error) {
    const { code, decline_code: reason, message } = error
    const charge = state.charges.get(typeof error.charge === 'string' ? error.charge : '')
    const card = error.payment_method ? cardLink(error.payment_method.id, state) : 'no card'
    return html`Last attempt${on(charge?.created ?? null)}: ${card}, <code>${reason ?? code}</code>, “${message}”`
  }
  if (intent?.status === 'requires_action' && typeof method === 'string') {
    return html`The bank asks the holder of ${cardLink(method, state)} to confirm the payment.`
  }
  return invoice.status === 'open' && invoice.attempt_count > 0 && 'There was no card to charge.'
}

function whatFollows(invoice: Invoice, { state, now }: Pick<Context, 'state' | 'now'>): Content {
  if (invoice.status === 'void') return 'Nothing is asked for any more.'
  if (!customerOf(invoice, state))
    return 'Its customer was deleted: nothing of theirs is finalised or charged any more.'
  if (invoice.status === 'draft') return whatFollowsDraft(invoice, state)
  if (invoice.status === 'uncollectible') return 'It can still be paid, but nothing is charged by itself.'
  if (invoice.next_payment_attempt !== null) return nextAttempt(invoice, invoice.next_payment_attempt, state)
  if (invoice.collection_method === 'send_invoice') {
    const overdue = invoice.due_date !== null && invoice.due_date <= now
    return html`It waits for its customer: ${overdue ? 'it was' : 'it is'} due${on(invoice.due_date)}.`
  }
  return html`No more attempts by itself: ${whyNoAttempt(invoice, state)}.`
}

function nextAttempt(invoice: Invoice, at: number, state: State): Html {
  const method = methodOf(invoice, state)
  const left = Math.max(1, settingsOf(state).retries.days.length + 1 - invoice.attempt_count)
  const attempts = html`next${on(at)}, ${count(left, 'attempt')} left`
  if (!method) return html`Without a card the attempts only count (${attempts}).`
  const card = cardLink(method.id, state)
  if (invoice.attempt_count > 0 && isRefusedForGood(method.id, lastIntent(invoice, state))) {
    return html`${card} was refused for good: without another card the attempts only count (${attempts}).`
  }
  return html`Next attempt${on(at)} with ${card}, ${count(left, 'attempt')} left.`
}

function whyNoAttempt(invoice: Invoice, state: State): Html {
  const { attempt_count: attempts } = invoice
  const subscription = billedSubscription(invoice, state)
  const exhausted = attempts > settingsOf(state).retries.days.length && invoice.auto_advance === false
  const made = exhausted && html`${count(attempts, 'attempt')} failed, and `
  if (subscription && hasEnded(subscription)) return html`${made}${ended(subscription, state)}`
  if (subscription && exhausted) return html`${made}${linkTo(subscription.id, state)} is ${subscription.status}`
  if (exhausted) return html`${count(attempts, 'attempt')} failed`
  if (subscription?.status === 'incomplete') {
    return html`${linkTo(subscription.id, state)} is incomplete, and its first payment is its customer’s to make`
  }
  return html`<code>auto_advance</code> is off, so it waits for its customer or for <code>pay</code>`
}

function whatFollowsDraft(invoice: Invoice, state: State): Html {
  const { automatically_finalizes_at: finalizes, last_finalization_error: error } = invoice
  if (error) return html`A draft that could not be finalised: “${error.message}”`
  if (finalizes !== null) return html`A draft${on(finalizes, ' until')}. ${onceFinalised(invoice, state)}`
  const subscription = billedSubscription(invoice, state)
  const left = (why: Content) => html`A draft until somebody finalises it${why && html`: ${why}`}.`
  if (!subscription) return left(null)
  if (hasEnded(subscription)) return left(ended(subscription, state))
  if (subscription.pause_collection) return left(pausedAt(invoice, state))
  return left(subscription.status === 'unpaid' && html`${linkTo(subscription.id, state)} is unpaid`)
}

function onceFinalised(invoice: Invoice, state: State): Html {
  const pause = billedSubscription(invoice, state)?.pause_collection?.behavior
  if (pause === 'void') return html`Then it is voided: ${pausedAt(invoice, state)}.`
  if (pause === 'mark_uncollectible') return html`Then it is written off: ${pausedAt(invoice, state)}.`
  if (invoice.amount_due <= 0) return html`Then it is paid, as nothing is due.`
  if (invoice.collection_method === 'send_invoice') return html`Then it is sent.`
  const method = methodOf(invoice, state)
  return method ? html`Then ${cardLink(method.id, state)} is charged.` : html`Then there is no card to charge.`
}

function ended(subscription: Subscription, state: State): Html {
  return html`${linkTo(subscription.id, state)} ended${on(subscription.ended_at)}`
}

function pausedAt(invoice: Invoice, state: State): Html | null {
  const subscription = billedSubscription(invoice, state)
  const until = subscription?.pause_collection?.resumes_at ?? null
  return subscription && html`collection of ${linkTo(subscription.id, state)} is paused${on(until, ' until')}`
}

function on(seconds: number | null, word = ' on'): Html | null {
  return seconds === null ? null : html`${word} ${dateAndTime(seconds)}`
}

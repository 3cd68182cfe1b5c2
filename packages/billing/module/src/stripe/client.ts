import { AppError } from '@lightpress/protocol'
import { default as StripeSdk } from 'stripe'
import type { Config } from '../config.ts'
import type { BillingContext } from '../context.ts'
import { paymentFailed } from '../refusals.ts'

// The only folder that knows Stripe: what goes in and comes out is in our words.

export type Stripe = StripeSdk

/** Milliseconds for one try. Two tries and the wait between them stay within a request's ten seconds. */
const TIMEOUT = 4_000

/** What `autoPagingToArray` takes to read every page. */
export const everyPage = { limit: 10_000 }

export function createStripe({ STRIPE_SECRET_KEY, STRIPE_API_BASE }: Config): Stripe {
  const { protocol, hostname, port } = new URL(STRIPE_API_BASE)
  return new StripeSdk(STRIPE_SECRET_KEY, {
    protocol: protocol === 'http:' ? 'http' : 'https',
    host: hostname,
    ...(port !== '' && { port }),
    // On fetch the timeout is for the whole answer, on Node's own client for each pause in it.
    httpClient: StripeSdk.createFetchHttpClient(),
    timeout: TIMEOUT,
    maxNetworkRetries: 1,
    telemetry: false,
    appInfo: { name: 'lightpress' },
  })
}

/** Whether another one than Stripe itself answers: then nobody pays in earnest. */
export function isStandIn({ STRIPE_API_BASE }: Pick<Config, 'STRIPE_API_BASE'>): boolean {
  return new URL(STRIPE_API_BASE).hostname !== 'api.stripe.com'
}

/**
 * Asks Stripe something. When it is down, slow, busy or does not let us in, that is `unavailable` and may be
 * repeated; a card that does not pay is `billing.payment_failed`; a request that it calls wrong is our mistake and stays
 * what it is.
 */
export async function ask<T>(
  { stripe, deadline }: Pick<BillingContext, 'stripe' | 'deadline'>,
  call: (stripe: Stripe) => Promise<T>,
): Promise<T> {
  if (Date.now() > deadline) throw unavailable(new Error('The deadline had passed before Stripe was asked'))
  try {
    return await call(stripe)
  } catch (error) {
    if (error instanceof StripeSdk.errors.StripeCardError) throw paymentFailed(whyNotPaid(error), error)
    if (error instanceof StripeSdk.errors.StripeError && !isOurMistake(error)) throw unavailable(error)
    throw error
  }
}

/** `null` when Stripe has no such object any more: deleted by hand, or the stand-in was reset. */
export async function unlessMissing<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    // 404 is about the object that was asked for, 400 about one that the request names: for us, its customer.
    const missing = isOurMistake(error) && error.code === 'resource_missing'
    if (missing && (error.statusCode === 404 || error.param === 'customer')) return null
    throw error
  }
}

export function isOurMistake(error: unknown): error is InstanceType<typeof StripeSdk.errors.StripeError> {
  return (
    error instanceof StripeSdk.errors.StripeInvalidRequestError ||
    error instanceof StripeSdk.errors.StripeIdempotencyError
  )
}

export function fromSeconds(seconds: number): Date {
  return new Date(seconds * 1000)
}

/** Stripe names an object by its id or, where it was asked to expand it, by the object. */
export function idOf(reference: string | { id: string }): string {
  return typeof reference === 'string' ? reference : reference.id
}

/** Codes with which Stripe says that somebody has to do something at their bank, who is not there to do it. */
const asksTheirHolder = ['subscription_payment_intent_requires_action', 'authentication_required']

function whyNotPaid({
  code,
  decline_code: declineCode,
  message,
}: InstanceType<typeof StripeSdk.errors.StripeCardError>) {
  if (asksTheirHolder.some((one) => one === code || one === declineCode)) {
    return 'The bank wants the payment to be confirmed by the holder of the card, which cannot be done here.'
  }
  return message || 'The card was declined.'
}

function unavailable(cause: unknown): AppError {
  return new AppError(
    'unavailable',
    'billing.provider_unavailable',
    'The payment provider cannot be reached just now. Nothing was charged; try again in a moment.',
    { cause, retryAfter: 5 },
  )
}

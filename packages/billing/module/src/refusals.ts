import type { MeterId } from '@lightpress/billing-contract'
import { AppError, isAppError } from '@lightpress/protocol'
import { meters } from './plans.ts'

export function notForSale(): AppError {
  return new AppError('conflict', 'billing.plan_not_for_sale', 'This plan is not sold that way.')
}

export function alreadySubscribed(): AppError {
  return new AppError('conflict', 'billing.already_subscribed', 'This organisation has a subscription already.')
}

export function isAlreadySubscribed(error: unknown): boolean {
  return isAppError(error) && error.reason === alreadySubscribed().reason
}

export function trialNotOffered(): AppError {
  return new AppError('conflict', 'billing.trial_not_offered', 'This plan cannot be tried first.')
}

export function trialUsed(): AppError {
  const message = 'This organisation had a paid plan before, and a trial is for those who never had one.'
  return new AppError('conflict', 'billing.trial_used', message)
}

export function promotionCodeInvalid(): AppError {
  const message = 'This code cannot be used: it is mistyped, expired, used up, or not for this organisation or plan.'
  return new AppError('conflict', 'billing.promotion_code_invalid', message)
}

export function superseded(): AppError {
  const message = 'Somebody chose another plan at the same moment. Look at it, then choose again.'
  return new AppError('conflict', 'billing.checkout_superseded', message)
}

export function noCustomer(): AppError {
  return new AppError('conflict', 'billing.no_customer', 'There is nothing to manage yet. Choose a plan first.')
}

export function organizationClosed(): AppError {
  return new AppError('not_found', 'billing.organization_closed', 'This organisation does not exist any more.')
}

/** A conflict: it is the plan that says no, not the pace, and waiting a moment changes nothing. */
export function usageLimit({
  meterId,
  quantity,
  used,
  limit,
  end,
}: {
  meterId: MeterId
  quantity: number
  used: number
  limit: number | null
  end: Date
}): AppError {
  const { name } = meters[meterId]
  const message = `The plan has ${limit} ${name.toLowerCase()} a month, and ${used} are used: ${quantity} more are too many. Choose a larger plan, or wait until ${end.toISOString().slice(0, 10)}.`
  return new AppError('conflict', 'billing.usage_limit', message)
}

export function accountNotFound(): AppError {
  const message = 'This organisation is no customer of the payment provider.'
  return new AppError('not_found', 'billing.account_not_found', message)
}

export function eventNotFound(): AppError {
  return new AppError(
    'not_found',
    'billing.event_not_found',
    'The payment provider told of no such event, or long ago.',
  )
}

export function notSubscribed(): AppError {
  return new AppError(
    'conflict',
    'billing.not_subscribed',
    'This organisation has no subscription. Choose a plan first.',
  )
}

export function samePlan(): AppError {
  return new AppError('conflict', 'billing.same_plan', 'This is the plan that the organisation has already.')
}

export function paymentDue(): AppError {
  const message = 'An invoice is not paid yet. Pay it first, then change the plan.'
  return new AppError('conflict', 'billing.payment_due', message)
}

/** `because` is a sentence for people. */
export function paymentFailed(because: string, cause?: unknown): AppError {
  const message = `${because} Nothing was changed. Choose another card under “Payment methods”, then try again.`
  return new AppError('conflict', 'billing.payment_failed', message, { cause })
}

export function amountChanged(): AppError {
  const message = 'It costs another amount now than the one that was shown. Look at it again, then confirm.'
  return new AppError('conflict', 'billing.amount_changed', message)
}

export function previewExpired(): AppError {
  const message = 'What was shown is out of date. Look at the new amount, then confirm.'
  return new AppError('conflict', 'billing.preview_expired', message)
}

export function changeSuperseded(): AppError {
  const message = 'Somebody chose another plan at the same moment. Look at what it is now, then choose again.'
  return new AppError('conflict', 'billing.change_superseded', message)
}

export function nothingToResume(): AppError {
  const message = 'Nothing is planned that could be taken back: the subscription goes on as it is.'
  return new AppError('conflict', 'billing.nothing_to_resume', message)
}

/** Stripe may have done what was asked and only its answer was lost. */
export function changeUncertain(cause: unknown): AppError {
  const message =
    'The payment provider did not answer in time. Try again: what it did already is not done, or charged, a second time.'
  return new AppError('unavailable', 'billing.provider_unavailable', message, { cause, retryAfter: 5 })
}

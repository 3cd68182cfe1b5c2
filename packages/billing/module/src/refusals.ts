import { AppError } from '@lightpress/protocol'

export function notForSale(): AppError {
  return new AppError('conflict', 'billing.plan_not_for_sale', 'This plan is not sold that way.')
}

export function alreadySubscribed(): AppError {
  return new AppError('conflict', 'billing.already_subscribed', 'This organisation has a subscription already.')
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

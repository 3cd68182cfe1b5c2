import type { Context } from '../context.ts'
import { invalidRequest } from '../http/errors.ts'
import type { PaymentIntent, PaymentMethod, SetupIntent } from '../state/state.ts'
import { tellOfIntent } from './intent-changed.ts'
import { failAuthentication, resumePaymentIntent } from './payment-intents.ts'
import { failSetupAuthentication, resumeSetupIntent } from './setup-intents.ts'

/** The holder has answered the bank: with `passed` the payment or the setup goes on, without it has failed. */
export function authenticate(intent: PaymentIntent | SetupIntent, passed: boolean, ctx: Context): void {
  if (intent.status !== 'requires_action') throw invalidRequest('This payment does not wait for an answer any more.')
  const method = methodOf(intent, ctx)
  if (intent.object === 'payment_intent') {
    if (passed) resumePaymentIntent(intent, method, ctx)
    else failAuthentication(intent, method, ctx)
  } else if (passed) resumeSetupIntent(intent, method, ctx)
  else failSetupAuthentication(intent, method, ctx)
  tellOfIntent(intent, ctx)
}

function methodOf({ id, payment_method: method }: PaymentIntent | SetupIntent, { state }: Context): PaymentMethod {
  const found = state.paymentMethods.get(method ?? '')
  if (!found) throw new Error(`${id} waits for authentication without a payment method`)
  return found
}

import type { Context } from '../context.ts'
import { newId, randomText } from '../ids.ts'
import type { PaymentMethod, SetupIntent } from '../state/state.ts'
import { askToSetUp, cardOf, type BankAnswer } from './bank.ts'
import { nextAction } from './next-action.ts'
import { docUrl } from './payment-intents.ts'
import { attachPaymentMethod } from './payment-methods.ts'

export interface NewSetupIntent {
  allowedPaymentMethodTypes?: SetupIntent['allowed_payment_method_types'] | undefined
  automaticPaymentMethods?: SetupIntent['automatic_payment_methods'] | undefined
  customer: string | null
  description?: string | null | undefined
  metadata?: Record<string, string> | undefined
  method?: PaymentMethod | undefined
  usage?: 'off_session' | 'on_session' | undefined
}

export function createSetupIntent(given: NewSetupIntent, ctx: Context): SetupIntent {
  const id = newId('seti')
  const intent: SetupIntent = {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: given.allowedPaymentMethodTypes ?? null,
    application: null,
    automatic_payment_methods: given.automaticPaymentMethods ?? null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${randomText(25)}`,
    created: ctx.now,
    customer: given.customer,
    customer_account: null,
    description: given.description ?? null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    managed_payments: null,
    mandate: null,
    metadata: given.metadata ?? {},
    next_action: null,
    on_behalf_of: null,
    payment_method: given.method?.id ?? null,
    payment_method_configuration_details: null,
    payment_method_options: { card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' } },
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: given.method ? 'requires_confirmation' : 'requires_payment_method',
    usage: given.usage ?? 'off_session',
  }
  ctx.state.setupIntents.set(id, intent)
  ctx.emit('setup_intent.created', intent)
  return intent
}

/** Asks the bank whether the card may be kept: afterwards `succeeded`, `requires_action`, or `requires_payment_method`. */
export function confirmSetupIntent(
  intent: SetupIntent,
  { method, returnUrl }: { method: PaymentMethod; returnUrl?: string | undefined },
  ctx: Context,
): void {
  const answer = askToSetUp(cardOf(method, ctx.state), { authenticated: false })
  if (answer !== 'authenticate') return settle(intent, { method, answer }, ctx)
  intent.status = 'requires_action'
  intent.payment_method = method.id
  intent.last_setup_error = null
  intent.next_action = nextAction(intent.id, returnUrl, ctx)
  ctx.emit('setup_intent.requires_action', intent)
}

/** Goes on once the holder has proved who they are. */
export function resumeSetupIntent(intent: SetupIntent, method: PaymentMethod, ctx: Context): void {
  const answer = askToSetUp(cardOf(method, ctx.state), { authenticated: true })
  if (answer !== 'authenticate') settle(intent, { method, answer }, ctx)
}

export function failSetupAuthentication(intent: SetupIntent, method: PaymentMethod, ctx: Context): void {
  fail(
    intent,
    {
      code: 'setup_intent_authentication_failure',
      doc_url: docUrl('setup_intent_authentication_failure'),
      message:
        'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new ' +
        'PaymentMethod to attempt to fulfill this SetupIntent again.',
      payment_method: method,
      type: 'invalid_request_error',
    },
    ctx,
  )
}

export function cancelSetupIntent(intent: SetupIntent, reason: SetupIntent['cancellation_reason'], ctx: Context): void {
  intent.status = 'canceled'
  intent.cancellation_reason = reason
  intent.next_action = null
  ctx.emit('setup_intent.canceled', intent)
}

function settle(
  intent: SetupIntent,
  { method, answer }: { method: PaymentMethod; answer: Exclude<BankAnswer, 'authenticate'> },
  ctx: Context,
): void {
  if (answer !== 'approved') {
    const { code, declineCode, message, param } = answer
    const shown = { code, decline_code: declineCode, doc_url: docUrl(code), message, ...(param && { param }) }
    return fail(intent, { ...shown, payment_method: method, type: 'card_error' }, ctx)
  }
  intent.status = 'succeeded'
  intent.payment_method = method.id
  intent.last_setup_error = null
  intent.next_action = null
  if (intent.customer !== null) attachPaymentMethod(method, intent.customer, ctx)
  ctx.emit('setup_intent.succeeded', intent)
}

function fail(intent: SetupIntent, error: NonNullable<SetupIntent['last_setup_error']>, ctx: Context): void {
  intent.status = 'requires_payment_method'
  intent.payment_method = null
  intent.next_action = null
  intent.last_setup_error = structuredClone(error)
  ctx.emit('setup_intent.setup_failed', intent)
}

import type Stripe from 'stripe'
import { z } from 'zod'
import { onClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { ApiError, invalidRequest, noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { created, flag, list, metadata, paging, params, text, webUrl } from '../http/params.ts'
import type { SetupIntent } from '../state/state.ts'
import { applyChanges } from '../webhooks/events.ts'
import { methodFor } from './chosen-method.ts'
import { tellOfIntent } from './intent-changed.ts'
import { cancelSetupIntent, confirmSetupIntent, createSetupIntent } from './setup-intents.ts'

const path = '/v1/setup_intents'

const createParams = params<Stripe.SetupIntentCreateParams>()({
  allowed_payment_method_types: list(z.enum(['card'])).optional(),
  automatic_payment_methods: params<Stripe.SetupIntentCreateParams.AutomaticPaymentMethods>()({
    allow_redirects: z.enum(['always', 'never']).optional(),
    enabled: flag,
  }).optional(),
  confirm: flag.optional(),
  customer: text.optional(),
  description: text.optional(),
  metadata: metadata.optional(),
  payment_method: text.optional(),
  return_url: webUrl.optional(),
  usage: z.enum(['off_session', 'on_session']).optional(),
  use_stripe_sdk: flag.optional(),
})

const updateParams = params<Stripe.SetupIntentUpdateParams>()({
  customer: text.optional(),
  description: text.optional(),
  metadata: metadata.optional(),
  payment_method: text.optional(),
})

const confirmParams = params<Stripe.SetupIntentConfirmParams>()({
  payment_method: text.optional(),
  return_url: webUrl.optional(),
  use_stripe_sdk: flag.optional(),
})

type Confirming = Partial<z.output<typeof confirmParams>>

export const setupIntents: Endpoint[] = [
  collection(['POST', path], createParams, create),

  member(['GET', `${path}/:id`], params<Stripe.SetupIntentRetrieveParams>()({}), (id, _given, ctx) =>
    findSetupIntent(id, ctx),
  ),

  member(['POST', `${path}/:id`], updateParams, update),

  member(['POST', `${path}/:id/confirm`], confirmParams, (id, given, requestCtx) => {
    const intent = findSetupIntent(id, requestCtx)
    refuseOnceOver(intent, {
      succeeded: 'You cannot confirm this SetupIntent because it has already succeeded.',
      canceled: 'You cannot confirm this SetupIntent because it has been canceled.',
    })
    return confirm(intent, given, onClockOf(intent.customer, requestCtx))
  }),

  member(
    ['POST', `${path}/:id/cancel`],
    params<Stripe.SetupIntentCancelParams>()({
      cancellation_reason: z.enum(['abandoned', 'duplicate', 'requested_by_customer']).optional(),
    }),
    (id, { cancellation_reason: reason = null }, requestCtx) => {
      const intent = findSetupIntent(id, requestCtx)
      refuseOnceOver(intent, {
        succeeded:
          'You cannot cancel this SetupIntent because it has a status of succeeded. Only a SetupIntent with one of the ' +
          'following statuses may be canceled: `requires_payment_method`, `requires_confirmation`, or `requires_action`.',
        canceled: 'You cannot cancel this SetupIntent because it is already canceled.',
      })
      const ctx = onClockOf(intent.customer, requestCtx)
      cancelSetupIntent(intent, reason, ctx)
      tellOfIntent(intent, ctx)
      return intent
    },
  ),

  collection(
    ['GET', path],
    params<Stripe.SetupIntentListParams>()({
      ...paging,
      created,
      customer: text.optional(),
      payment_method: text.optional(),
    }),
    (given, { state }) =>
      paginate(state.setupIntents.matching(where(given, 'customer', 'payment_method')), path, given),
  ),
]

function findSetupIntent(id: string, { state }: Context): SetupIntent {
  const intent = state.setupIntents.get(id)
  if (!intent) throw noSuch('setupintent', id)
  return intent
}

function create(given: z.output<typeof createParams>, requestCtx: Context): SetupIntent {
  const { confirm: confirmsNow = false, customer = null } = given
  if (!confirmsNow && given.return_url !== undefined) {
    throw invalidRequest('The parameter return_url can only be passed if confirm is true.', { param: 'return_url' })
  }
  if (confirmsNow && given.payment_method === undefined) throw missingMethod()
  if (customer !== null) findCustomer(customer, requestCtx, 'customer')
  const ctx = onClockOf(customer, requestCtx)
  const method =
    given.payment_method === undefined
      ? undefined
      : methodFor(given.payment_method, { object: 'setup_intent', customer }, ctx)
  const { enabled = true, allow_redirects: redirects = 'always' } = given.automatic_payment_methods ?? {}
  const intent = createSetupIntent(
    {
      allowedPaymentMethodTypes: given.allowed_payment_method_types,
      automaticPaymentMethods: { allow_redirects: redirects, enabled },
      customer,
      description: given.description,
      metadata: mergeMetadata({}, given.metadata),
      method,
      usage: given.usage,
    },
    ctx,
  )
  return confirmsNow ? confirm(intent, { ...given, payment_method: method?.id }, ctx) : intent
}

function update(id: string, given: z.output<typeof updateParams>, requestCtx: Context): SetupIntent {
  const intent = findSetupIntent(id, requestCtx)
  const { customer = intent.customer } = given
  if (given.customer !== undefined || given.payment_method !== undefined) {
    refuseOnceOver(intent, {
      succeeded: 'You cannot update this SetupIntent because it has already succeeded.',
      canceled: 'You cannot update this SetupIntent because it has been canceled.',
    })
  }
  if (given.customer !== undefined) findCustomer(given.customer, requestCtx, 'customer')
  const ctx = onClockOf(customer, requestCtx)
  const purpose = { object: 'setup_intent', customer, intent } as const
  const chosen = given.payment_method === undefined ? null : methodFor(given.payment_method, purpose, ctx)
  applyChanges(intent, {
    customer,
    description: given.description,
    metadata: mergeMetadata(intent.metadata ?? {}, given.metadata),
    ...(chosen && { payment_method: chosen.id, status: 'requires_confirmation', next_action: null }),
  })
  return intent
}

/** Confirms as asked; a setup that fails is an error that carries it. */
function confirm(intent: SetupIntent, given: Confirming, ctx: Context): SetupIntent {
  if (intent.customer !== null) findCustomer(intent.customer, ctx, 'customer')
  const chosen = given.payment_method ?? intent.payment_method
  if (chosen === null) throw missingMethod(intent)
  const method = methodFor(chosen, { object: 'setup_intent', customer: intent.customer, intent }, ctx)
  confirmSetupIntent(intent, { method, returnUrl: given.use_stripe_sdk ? undefined : given.return_url }, ctx)
  tellOfIntent(intent, ctx)
  const { last_setup_error: error } = intent
  if (error) throw setupError(intent, error)
  return intent
}

function setupError(intent: SetupIntent, error: NonNullable<SetupIntent['last_setup_error']>): ApiError {
  const { code, decline_code, message = '', param, payment_method } = error
  return new ApiError(402, 'card_error', message, {
    ...(code !== undefined && { code }),
    ...(decline_code !== undefined && { decline_code }),
    ...(param !== undefined && { param }),
    ...(payment_method && { payment_method }),
    setup_intent: structuredClone(intent),
  })
}

function refuseOnceOver(intent: SetupIntent, messages: { succeeded: string; canceled: string }): void {
  if (intent.status === 'succeeded' || intent.status === 'canceled')
    throw unexpectedState(intent, messages[intent.status])
}

function unexpectedState(intent: SetupIntent, message: string): ApiError {
  return invalidRequest(message, { code: 'setup_intent_unexpected_state', setup_intent: structuredClone(intent) })
}

function missingMethod(intent?: SetupIntent): ApiError {
  const message =
    "You cannot confirm this SetupIntent because it's missing a payment method. You can either update the SetupIntent " +
    'with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.'
  return intent ? unexpectedState(intent, message) : invalidRequest(message, { code: 'setup_intent_unexpected_state' })
}

import type { Context } from '../context.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import type { Customer, PortalConfiguration, PortalSession, Subscription } from '../state/state.ts'
import { hasEnded } from '../subscriptions/invoice-settled.ts'
import { noQuantity } from '../subscriptions/reading.ts'
import { isMetered } from '../subscriptions/subscription-object.ts'
import type { Features } from './configurations.ts'
import type { FlowGiven } from './flow-params.ts'

export type Flow = NonNullable<PortalSession['flow']>

/** The one thing that a session is for, if the configuration offers it and there is something to do it to. */
export function flowOf(
  given: FlowGiven,
  { configuration, customer }: { configuration: PortalConfiguration; customer: Customer },
  ctx: Context,
): Flow {
  refuseUnlessOffered(given.type, configuration)
  const {
    subscription_cancel: cancel,
    subscription_update: update,
    subscription_update_confirm: confirm,
  } = chosen(given)
  const named = cancel?.subscription ?? update?.subscription ?? confirm?.subscription
  const subscription = named === undefined ? null : findOwn(named, customer, given.type, ctx)
  if (confirm && subscription) refuseItems(confirm.items, subscription, ctx)
  return {
    after_completion: afterCompletion(given.after_completion),
    customer_update: null,
    subscription_cancel: cancel ? { retention: null, subscription: cancel.subscription } : null,
    subscription_pause: null,
    subscription_update: update ?? null,
    subscription_update_confirm: confirm
      ? {
          discounts: confirm.discounts?.map(discountOf) ?? null,
          items: confirm.items.map(({ id, price = null, quantity }) => ({
            id,
            price,
            ...(quantity !== undefined && { quantity }),
          })),
          subscription: confirm.subscription,
        }
      : null,
    type: given.type,
  }
}

const featureOf = {
  payment_method_update: 'payment_method_update',
  subscription_cancel: 'subscription_cancel',
  subscription_update: 'subscription_update',
  subscription_update_confirm: 'subscription_update',
} as const satisfies Record<FlowGiven['type'], keyof Features>

function refuseUnlessOffered(type: FlowGiven['type'], { id, features }: PortalConfiguration): void {
  const feature = featureOf[type]
  if (features[feature].enabled) return
  throw invalidRequest(
    `This flow needs the feature \`${feature}\`, which the portal configuration ${id} does not offer.`,
    { param: 'flow_data[type]' },
  )
}

/** Only what belongs to the type of the flow, and all of it. */
function chosen(given: FlowGiven): Partial<FlowGiven> {
  for (const name of ['subscription_cancel', 'subscription_update', 'subscription_update_confirm'] as const) {
    const param = `flow_data[${name}]`
    if (name === given.type && given[name] === undefined) {
      throw invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
    }
    if (name !== given.type && given[name] !== undefined) {
      throw invalidRequest(`\`${param}\` cannot be passed with a flow of the type ${given.type}.`, { param })
    }
  }
  return given
}

function findOwn(id: string, customer: Customer, type: string, { state }: Context): Subscription {
  const param = `flow_data[${type}][subscription]`
  const subscription = state.subscriptions.get(id)
  if (subscription?.customer !== customer.id) throw noSuch('subscription', id, param)
  if (hasEnded(subscription)) throw invalidRequest(`The subscription ${id} has ended.`, { param })
  return subscription
}

/** "Currently, only up to one may be specified and subscriptions with multiple items are not updatable." */
function refuseItems(
  items: NonNullable<FlowGiven['subscription_update_confirm']>['items'],
  subscription: Subscription,
  { state }: Context,
): void {
  const param = 'flow_data[subscription_update_confirm][items]'
  const [item] = items
  if (!item || items.length > 1 || subscription.items.data.length > 1) {
    throw invalidRequest('Exactly one item can be updated, of a subscription that has no other.', { param })
  }
  const current = subscription.items.data.find(({ id }) => id === item.id)
  if (!current) throw noSuch('subscription_item', item.id, param)
  const price = item.price === undefined ? current.price : state.prices.get(item.price)
  if (!price) throw noSuch('price', item.price ?? '', param)
  if (isMetered(price) && item.quantity !== undefined) throw noQuantity(`${param}[0]`)
}

function afterCompletion(given: FlowGiven['after_completion']): Flow['after_completion'] {
  const { type = 'portal_homepage', hosted_confirmation: hosted, redirect } = given ?? {}
  if (type === 'redirect' && !redirect) {
    const param = 'flow_data[after_completion][redirect]'
    throw invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
  }
  for (const [name, value] of Object.entries({ hosted_confirmation: hosted, redirect })) {
    if (name === type || value === undefined) continue
    const param = `flow_data[after_completion][${name}]`
    throw invalidRequest(`\`${param}\` can only be passed with \`type=${name}\`, not with \`${type}\`.`, { param })
  }
  return {
    hosted_confirmation: type === 'hosted_confirmation' ? { custom_message: hosted?.custom_message ?? null } : null,
    redirect: redirect ?? null,
    type,
  }
}

function discountOf(given: { coupon?: string | undefined; promotion_code?: string | undefined }) {
  return { coupon: given.coupon ?? null, promotion_code: given.promotion_code ?? null }
}

import { endDiscount } from '../catalogue/discounts.ts'
import type { Due } from '../clocks/agenda.ts'
import type { Context } from '../context.ts'
import { upcomingInvoice } from '../invoices/preview.ts'
import { settingsOf } from '../state/settings.ts'
import type { State, Subscription } from '../state/state.ts'
import { updateSubscription } from './billing.ts'
import { cancelSubscription, currentPeriodEnd, expireSubscription } from './cancellation.ts'
import { recordOf } from './charges.ts'
import { giveUpResumption } from './pausing.ts'
import { renew } from './renewal.ts'
import { tellTrialEnd, trialNoticeAt } from './trial-notice.ts'

const day = 86_400
const incompleteFor = 23 * 3600

interface Plan {
  at: number
  what: string
  act(ctx: Context): void
}

/** Everything that time does to subscriptions; what ends one comes before what goes on with it. */
export function* subscriptionDues(state: State): Generator<Due> {
  for (const subscription of state.subscriptions.values()) {
    for (const plan of plansOf(subscription, state)) yield { customer: subscription.customer, ...plan }
  }
  for (const discount of state.discounts.values()) {
    const { id, end, customer } = discount
    if (end === null || !isHeld(id, discount, state)) continue
    yield { customer, at: end, what: `Discount ${id} ends`, act: (ctx) => endDiscount(discount, ctx) }
  }
}

function* plansOf(subscription: Subscription, state: State): Generator<Plan> {
  switch (subscription.status) {
    case 'canceled':
    case 'incomplete_expired':
      return
    case 'incomplete':
      yield expiry(subscription)
      return
    case 'paused':
      yield* cancellation(subscription)
      yield* lateResumption(subscription, state)
      return
    default:
      yield* cancellation(subscription)
      yield* trialNotice(subscription, state)
      yield* resumption(subscription)
      yield* upcomingNotice(subscription, state)
      yield renewal(subscription)
  }
}

/** https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses: 23 hours to pay the first invoice. */
function expiry(subscription: Subscription): Plan {
  return {
    at: subscription.created + incompleteFor,
    what: `First payment of ${subscription.id} expires`,
    act: (ctx) => expireSubscription(subscription, ctx),
  }
}

/** https://docs.stripe.com/api/subscriptions/resume: 23 hours to pay for it. */
function* lateResumption(subscription: Subscription, state: State): Generator<Plan> {
  const invoice = state.invoices.get(recordOf(subscription.id, state).resumption ?? '')
  if (!invoice) return
  yield {
    at: invoice.created + incompleteFor,
    what: `Resumption of ${subscription.id} expires`,
    act: (ctx) => giveUpResumption(subscription, ctx),
  }
}

function* cancellation(subscription: Subscription): Generator<Plan> {
  const { id, cancel_at: at } = subscription
  if (at === null) return
  yield { at, what: `End of ${id}`, act: (ctx) => cancelSubscription(subscription, { invoiceNow: true }, ctx) }
}

function* trialNotice(subscription: Subscription, state: State): Generator<Plan> {
  const at = trialNoticeAt(subscription, { state })
  if (at === null) return
  yield {
    at,
    what: `Notice that the trial of ${subscription.id} will end`,
    act: (ctx) => tellTrialEnd(subscription, ctx),
  }
}

function* resumption(subscription: Subscription): Generator<Plan> {
  const at = subscription.pause_collection?.resumes_at ?? null
  if (at === null) return
  yield {
    at,
    what: `Collection for ${subscription.id} resumes`,
    act: (ctx) => updateSubscription(subscription, { pause_collection: null }, ctx),
  }
}

function* upcomingNotice(subscription: Subscription, state: State): Generator<Plan> {
  const { id } = subscription
  const end = currentPeriodEnd(subscription)
  const days = settingsOf(state).upcomingDays
  if (days === 0 || recordOf(id, state).toldUpcoming === end || subscription.cancel_at === end) return
  const begun = Math.max(...subscription.items.data.map((item) => item.current_period_start))
  yield {
    at: Math.max(end - days * day, begun),
    what: `Notice of the next invoice of ${id}`,
    act: (ctx) => {
      recordOf(id, ctx.state).toldUpcoming = end
      const invoice = upcomingInvoice(subscription, ctx)
      if (invoice) ctx.emit('invoice.upcoming', invoice)
    },
  }
}

function renewal(subscription: Subscription): Plan {
  return {
    at: currentPeriodEnd(subscription),
    what: subscription.status === 'trialing' ? `Trial of ${subscription.id} ends` : `Renewal of ${subscription.id}`,
    act: (ctx) => renew(subscription, ctx),
  }
}

/** Whether somebody still has it, so that its end is something to tell. */
function isHeld(
  id: string,
  { subscription, subscription_item: item }: { subscription: string | null; subscription_item: string | null },
  { subscriptions }: State,
): boolean {
  const holder = subscriptions.get(subscription ?? '')
  if (!holder) return false
  return item === null
    ? holder.discounts.includes(id)
    : holder.items.data.some(({ discounts }) => discounts.includes(id))
}

import type { Context } from '../context.ts'
import type { Subscription } from '../state/state.ts'
import { recordOf } from './charges.ts'

const notice = 3 * 86_400

/** Three days before the trial ends, unless that was told already; null where there is nothing to tell. */
export function trialNoticeAt(
  { id, status, trial_end: end }: Subscription,
  { state }: Pick<Context, 'state'>,
): number | null {
  if (status !== 'trialing' || end === null || recordOf(id, state).toldTrialEnd === end) return null
  return end - notice
}

/** A trial that is shorter than that is told of at once. */
export function tellShortTrial(subscription: Subscription, ctx: Context): void {
  const at = trialNoticeAt(subscription, ctx)
  if (at !== null && at <= ctx.now) tellTrialEnd(subscription, ctx)
}

/** https://docs.stripe.com/api/events/types#event_types-customer.subscription.trial_will_end */
export function tellTrialEnd(subscription: Subscription, ctx: Context): void {
  recordOf(subscription.id, ctx.state).toldTrialEnd = subscription.trial_end
  ctx.emit('customer.subscription.trial_will_end', subscription)
}

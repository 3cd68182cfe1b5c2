import type { Context } from '../context.ts'
import { copyOf } from '../state/copy.ts'
import type { Subscription } from '../state/state.ts'
import { applyChanges, type Emit } from '../webhooks/events.ts'

/**
 * Changes a subscription in as many steps as it takes, and tells of them once. What else is to be told of it follows, so
 * that nobody sees it half changed.
 */
export function whileTelling<T>(subscription: Subscription, ctx: Context, change: (quiet: Context) => T): T {
  const before = copyOf(subscription)
  const { quiet, tellRest } = quietly(subscription, ctx)
  const result = change(quiet)
  const previous = differing(before, subscription)
  if (previous) ctx.emit('customer.subscription.updated', subscription, previous)
  tellRest()
  return result
}

/** For what changes a subscription before an event tells of the whole; after that, the rest is to be told. */
export function quietly(subscription: Subscription, ctx: Context): { quiet: Context; tellRest(): void } {
  const held: (() => void)[] = []
  const emit: Emit = (type, object, previous) => {
    if (type === 'customer.subscription.updated' && object === subscription) return
    if (followers.has(type)) held.push(() => ctx.emit(type, object, previous))
    else ctx.emit(type, object, previous)
  }
  return {
    quiet: { ...ctx, emit },
    tellRest() {
      for (const tell of held) tell()
    },
  }
}

/** What was before where it is another now, or nothing. */
function differing(before: Subscription, after: Subscription): Partial<Subscription> | null {
  const gone = Object.entries(before).filter(([name]) => !(name in after))
  const previous = { ...Object.fromEntries(gone), ...applyChanges(before, after) }
  return Object.keys(previous).length > 0 ? previous : null
}

const followers: ReadonlySet<string> = new Set(['customer.discount.deleted', 'customer.subscription.trial_will_end'])

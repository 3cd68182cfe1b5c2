import { isDeepStrictEqual } from 'node:util'
import type Stripe from 'stripe'
import { apiVersion } from '../api-version.ts'
import { withoutHidden } from '../http/hidden.ts'
import { newId } from '../ids.ts'
import { copyOf } from '../state/copy.ts'
import type { EventRecord, State } from '../state/state.ts'
import type { Stored } from '../state/stored.ts'

type EventObject<Type extends Stripe.Event.Type> = Stored<Extract<Stripe.Event, { type: Type }>['data']['object']>

/** Records an event with the object as it is now, and hands it to the webhooks. */
export type Emit = <Type extends Stripe.Event.Type>(
  type: Type,
  object: EventObject<Type>,
  previous?: Partial<EventObject<Type>>,
) => void

/** Puts the event on its way and says to how many endpoints. */
export type Dispatch = (event: EventRecord) => number

export interface EventSource {
  state: State
  now: number
  request: EventRecord['request']
  dispatch: Dispatch
}

/**
 * Stripe keeps events for 30 days, and this stand-in about so many at most: https://docs.stripe.com/api/events. Those that
 * are still to be delivered, or may be redelivered, are kept beside them.
 */
const keptMilliseconds = 30 * 86_400_000
const mostEvents = 10_000
/** To look for old ones at each new one would take longer than to make it. */
const everyEvents = 1000

export function createEmit({ state, now, request, dispatch }: EventSource): Emit {
  return (type, object, previous) => {
    const data = withoutHidden({ object, ...(previous && { previous_attributes: previous }) })
    const event: EventRecord = {
      id: newId('evt'),
      object: 'event',
      api_version: apiVersion,
      created: now,
      data: copyOf(data),
      livemode: false,
      pending_webhooks: 0,
      request,
      type,
    }
    state.events.set(event.id, event)
    state.eventTimes.set(event.id, Date.now())
    forgetOld(state)
    event.pending_webhooks = dispatch(event)
  }
}

/** Applies the changes that are given and returns what was there before, or null if nothing differs. */
export function applyChanges<T extends object>(
  object: T,
  changes: { [Key in keyof T]?: T[Key] | undefined },
): Partial<T> | null {
  const previous: Partial<T> = {}
  for (const key of Object.keys(changes) as (keyof T)[]) {
    const value = changes[key]
    if (value === undefined || isDeepStrictEqual(object[key], value)) continue
    previous[key] = object[key]
    object[key] = value
  }
  return Object.keys(previous).length > 0 ? previous : null
}

function forgetOld({ events, eventTimes, deliveries }: State): void {
  if (events.size % everyEvents !== 0) return
  const needed = new Set<string>()
  for (const { event } of deliveries.values()) needed.add(event)
  const oldest = Date.now() - keptMilliseconds
  for (const [id, time] of eventTimes) {
    if (time > oldest && events.size - needed.size <= mostEvents) return
    if (needed.has(id)) continue
    events.delete(id)
    eventTimes.delete(id)
  }
}

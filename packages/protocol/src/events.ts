import type { z } from 'zod'

/**
 * A past-tense fact with ids, versioned by its name: `billing.subscription.changed.v1`.
 * The first segment is the module that publishes it. A new listener is deployed before its publisher.
 */
export interface EventDefinition<T extends string = string, P extends z.ZodType = z.ZodType> {
  kind: 'event'
  type: T
  payload: P
  listeners: readonly string[]
}

export type Payload<E> = E extends EventDefinition<string, infer P> ? z.output<P> : never

export function defineEvent<const T extends string, P extends z.ZodType>(
  type: T,
  payload: P,
  { listeners }: { listeners: readonly string[] },
): EventDefinition<T, P> {
  if (!/^[a-z]+(\.[a-z_]+)+\.v\d+$/.test(type)) {
    throw new TypeError(`An event's type reads module.noun.happened.v1, this is "${type}"`)
  }
  return { kind: 'event', type, payload, listeners }
}

export function publisherOf(event: EventDefinition): string {
  return event.type.slice(0, event.type.indexOf('.'))
}

export function isEventDefinition(value: unknown): value is EventDefinition {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'event'
}

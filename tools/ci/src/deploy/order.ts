import { publisherOf, type EventDefinition } from '@lightpress/protocol'
import { Failure } from './failure.ts'

/** One module says something to another. */
export interface Edge {
  event: string
  publisher: string
  listener: string
  /** Not said, or not to this listener, by what is deployed. */
  added: boolean
}

/** Event type → its listeners, as a commit has them; nothing where nothing was deployed. */
export type Said = ReadonlyMap<string, readonly string[]>

/**
 * Who says what to whom. What no deployed version says yet must find its listener there; what is said already does,
 * whichever goes first, so that two modules may well listen to each other.
 */
export function edgesOf(events: readonly EventDefinition[], deployed: Said | undefined): Edge[] {
  return events.flatMap((event) =>
    event.listeners
      .filter((listener) => listener !== publisherOf(event))
      .map((listener) => ({
        event: event.type,
        publisher: publisherOf(event),
        listener,
        added: deployed !== undefined && !deployed.get(event.type)?.includes(listener),
      })),
  )
}

/** Listeners before publishers: always for what is new between them, and else as far as they do not listen in a circle. */
export function listenersFirst(modules: readonly string[], edges: readonly Edge[]): string[] {
  const left = new Set([...modules].sort())
  const order: string[] = []
  const waitsFor = (module: string) =>
    edges.filter(({ publisher, listener }) => publisher === module && left.has(listener))
  while (left.size > 0) {
    const free = [...left].filter((module) => !waitsFor(module).some(({ added }) => added))
    const next = free.sort((a, b) => listenersOf(waitsFor(a)) - listenersOf(waitsFor(b)) || (a < b ? -1 : 1))[0]
    if (next === undefined) throw new Failure(circle([...left].flatMap(waitsFor)))
    left.delete(next)
    order.push(next)
  }
  return order
}

function listenersOf(edges: readonly Edge[]): number {
  return new Set(edges.map(({ listener }) => listener)).size
}

function circle(edges: readonly Edge[]): string {
  const lines = edges
    .filter(({ added }) => added)
    .map(({ event, publisher, listener }) => `  ${publisher} says ${event} to ${listener}`)
  return `These are new, and each wants its listener deployed first:\n${lines.join('\n')}\nBring the listeners in one release, and what is said to them in the next.`
}

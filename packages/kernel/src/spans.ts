import { isAppError } from '@lightpress/protocol'
import { underTrace } from './observe-vendors.ts'
import { continueTrace } from './trace.ts'

/** One piece of work in a trace. Made by hand where work passes from one to another: a bundle leaves nothing to be patched. */
export interface SpanAbout {
  /** Bounded: of an operation, an event or a job, never of a path or an id. */
  name: string
  kind: 'server' | 'client' | 'internal' | 'producer' | 'consumer'
  attributes?: Record<string, string | number>
}

export interface Span {
  /** Under which that is done which this piece of work asks for. */
  traceparent: string
  set(attributes: Record<string, string | number>): void
  /** `failure` is what was thrown. A refusal is an answer, and no failure of the span. */
  end(failure?: unknown): void
}

export interface Tracer {
  /** Where nothing is exported nobody needs to make spans, and work goes on under what it has. */
  enabled: boolean
  /** Under `parent` when that is a `traceparent`, and as the root of a trace when it is none. */
  start(about: SpanAbout, parent: string | null | undefined): Span
  /** Sends what has not been sent, as long as that takes a few seconds at most. */
  close(): Promise<void>
}

/** Hands trace ids on, for the logs and for whoever is called. */
export const noTracer: Tracer = {
  enabled: false,
  start: (_about, parent) => ({ traceparent: continueTrace(parent), set() {}, end() {} }),
  close: () => Promise.resolve(),
}

/** Does the work in a span of its own; it is given what to go on with. */
export async function inSpan<T>(
  tracer: Tracer,
  { parent, ...about }: SpanAbout & { parent: string },
  work: (traceparent: string) => Promise<T>,
): Promise<T> {
  if (!tracer.enabled) return work(parent)
  const span = tracer.start(about, parent)
  try {
    const result = await underTrace(span.traceparent, () => work(span.traceparent))
    span.end()
    return result
  } catch (error) {
    span.end(error)
    throw error
  }
}

/** What a failure is called where its message must not be told: in spans and labels. */
export function errorType(error: unknown): string {
  if (isAppError(error)) return error.reason
  return error instanceof Error ? error.name : 'unknown'
}

/** Whether it is ours: what a caller was refused is not. */
export function isFault(error: unknown): boolean {
  return !isAppError(error) || error.code === 'internal' || error.code === 'unavailable'
}

import { isAppError } from '@lightpress/protocol'
import type { CallContext } from './module.ts'
import { inSpan } from './spans.ts'
import type { Telemetry } from './telemetry.ts'

export interface ObservedCall {
  from: string
  /** `users.getPerson` */
  operation: string
  way: 'process' | 'network'
}

/** A call from module to module as metrics and traces see it: the same in any topology, but for `way`. */
export async function observeCall<T>(
  { metrics, tracer }: Pick<Telemetry, 'metrics' | 'tracer'>,
  { from, operation, way, call }: ObservedCall & { call: CallContext },
  work: (call: CallContext) => Promise<T>,
): Promise<T> {
  const started = performance.now()
  const ended = (code: string) => {
    metrics.calls.inc({ from, operation, code })
    metrics.callSeconds.observe({ operation, way }, (performance.now() - started) / 1_000)
  }
  try {
    const result = await inSpan(
      tracer,
      {
        name: operation,
        kind: way === 'network' ? 'client' : 'internal',
        attributes: { 'lightpress.from': from, 'rpc.method': operation },
        parent: call.request.traceparent,
      },
      (traceparent) => work(tracer.enabled ? { ...call, request: { ...call.request, traceparent } } : call),
    )
    ended('ok')
    return result
  } catch (error) {
    ended(isAppError(error) ? error.code : 'internal')
    throw error
  }
}

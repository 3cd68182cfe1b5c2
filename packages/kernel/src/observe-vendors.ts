import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Span } from './spans.ts'
import type { Telemetry } from './telemetry.ts'

const current = new AsyncLocalStorage<string>()

/** What is asked of vendors in `work` belongs to this piece of a trace: their SDKs cannot be handed one. */
export function underTrace<T>(traceparent: string, work: () => T): T {
  return current.run(traceparent, work)
}

/** What undici says of a request on Node's diagnostics channels: its own documentation, "Diagnostics Channel Support". */
interface Said {
  request: { origin?: unknown; method?: string }
  response?: { statusCode: number }
  error?: Error
}

/**
 * Counts and times what is asked of vendors by `fetch`, whoever asks it: Stripe's and Resend's SDKs do. `vendors` are names by origin;
 * what goes elsewhere (customers' webhooks, neighbours) is not counted here. Returns its own undoing.
 */
export function observeVendors(
  vendors: ReadonlyMap<string, string>,
  { metrics, tracer }: Pick<Telemetry, 'metrics' | 'tracer'>,
): () => void {
  const running = new WeakMap<object, { vendor: string; started: number; span: Span | undefined }>()

  const begun = (message: unknown) => {
    const { request } = message as Said
    const vendor = vendors.get(String(request.origin))
    if (vendor === undefined) return
    const parent = current.getStore()
    const attributes = { 'http.request.method': request.method ?? '', 'server.address': vendor }
    const span =
      tracer.enabled && parent !== undefined
        ? tracer.start({ name: `ask ${vendor}`, kind: 'client', attributes }, parent)
        : undefined
    running.set(request, { vendor, started: performance.now(), span })
  }
  const ended = (message: unknown) => {
    const { request, response, error } = message as Said
    const about = running.get(request)
    if (!about) return
    running.delete(request)
    const { vendor, started, span } = about
    metrics.vendorRequests.inc({ vendor, code: response ? String(response.statusCode) : 'none' })
    metrics.vendorSeconds.observe({ vendor }, (performance.now() - started) / 1_000)
    if (response) span?.set({ 'http.response.status_code': response.statusCode })
    span?.end(error)
  }

  const channels = { create: begun, headers: ended, error: ended }
  for (const [name, listen] of Object.entries(channels)) subscribe(`undici:request:${name}`, listen)
  return () => {
    for (const [name, listen] of Object.entries(channels)) unsubscribe(`undici:request:${name}`, listen)
  }
}

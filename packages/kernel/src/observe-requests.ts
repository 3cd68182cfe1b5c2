import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Span } from './spans.ts'
import type { Telemetry } from './telemetry.ts'
import { traceIdOf } from './trace.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route answers: `users.getMe`. The only name of it in metrics and traces. */
    operation?: string
    /** Open for hours: how long it takes says nothing. */
    stream?: boolean
  }
  interface FastifyRequest {
    /** Under which the request is worked on; undefined until the first hook, and of what is quiet. */
    traceparent: string | undefined
    span: Span | undefined
  }
}

/** Counts requests and how long they take, and begins or goes on with a trace for each; the quiet ones apart. */
export function observeRequests(app: FastifyInstance, { metrics, tracer }: Telemetry): void {
  app.decorateRequest('traceparent', undefined)
  app.decorateRequest('span', undefined)

  app.addHook('onRequest', (request, _reply, done) => {
    const { config, url: route } = request.routeOptions
    if (config.quiet) return done()
    const { traceparent: parent } = request.headers
    const attributes = { 'http.request.method': request.method, ...(route && { 'http.route': route }) }
    const about = { name: nameOf(request), kind: 'server', attributes } as const
    request.span = tracer.start(about, typeof parent === 'string' ? parent : undefined)
    request.traceparent = request.span.traceparent
    done()
  })

  app.addHook('onResponse', (request, reply, done) => {
    const { config } = request.routeOptions
    if (config.quiet) return done()
    const { statusCode: status, elapsedTime } = reply
    const operation = nameOf(request)
    metrics.requests.inc({ operation, code: String(status) })
    if (!config.stream) metrics.requestSeconds.observe({ operation }, elapsedTime / 1_000)
    request.span?.set({ 'http.response.status_code': status })
    request.span?.end(status >= 500 ? Object.assign(new Error(), { name: String(status) }) : undefined)
    done()
  })
}

/** Whatever is asked for that there is not has one name. */
function nameOf({ routeOptions }: FastifyRequest): string {
  return routeOptions.config.operation ?? 'none'
}

/** What was not foreseen, with what it can be found by. */
export function reportUnexpected(error: unknown, request: FastifyRequest, { report }: Telemetry): void {
  const { module, operation } = (request.params ?? {}) as { module?: string; operation?: string }
  const name = request.routeOptions.config.operation ?? (module && operation && `${module}.${operation}`) ?? 'none'
  const traceId = request.traceparent && traceIdOf(request.traceparent)
  report(error, { module: name.split('.')[0] ?? name, operation: name, requestId: request.id, traceId })
}

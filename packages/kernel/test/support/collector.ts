import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SeenSpan {
  traceId: string
  spanId: string
  parentSpanId: string | undefined
  name: string
  kind: string
  service: string
  failed: boolean
  attributes: Record<string, unknown>
}

interface Otlp {
  resourceSpans: {
    resource: { attributes: Attribute[] }
    scopeSpans: {
      spans: {
        traceId: string
        spanId: string
        parentSpanId?: string
        name: string
        kind: number
        status: { code?: number }
        attributes: Attribute[]
      }[]
    }[]
  }[]
}

interface Attribute {
  key: string
  value: { stringValue?: string; intValue?: number | string }
}

/** OpenTelemetry's `opentelemetry/proto/trace/v1/trace.proto`. */
const kinds = ['', 'internal', 'server', 'client', 'producer', 'consumer']
const ERROR = 2

/** Takes spans as an OTLP collector does, over HTTP in JSON, and keeps them. */
export async function startCollector() {
  const spans: SeenSpan[] = []
  const bodies: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => (body += part.toString()))
    request.on('end', () => {
      bodies.push(body)
      if (request.url === '/v1/traces') spans.push(...read(JSON.parse(body) as Otlp))
      response.writeHead(request.url === '/v1/traces' ? 200 : 404, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    bodies,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function read({ resourceSpans }: Otlp): SeenSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap((scope) =>
      scope.spans.map((span) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId === '' ? undefined : span.parentSpanId,
        name: span.name,
        kind: kinds[span.kind] ?? String(span.kind),
        service: String(valuesOf(resource.attributes)['service.name']),
        failed: span.status.code === ERROR,
        attributes: valuesOf(span.attributes),
      })),
    ),
  )
}

function valuesOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]))
}

/** The spans from a root down to one, by name: who asked whom. */
export function pathTo(spans: readonly SeenSpan[], last: SeenSpan | undefined): string[] {
  if (!last) return []
  const parent = spans.find(({ spanId }) => spanId === last.parentSpanId)
  return [...pathTo(spans, parent), `${last.kind} ${last.name}`]
}

import { createStackParser, createTransport, Scope, type BaseTransportOptions, type Transport } from '@sentry/core'
import { nodeStackLineParser, ServerRuntimeClient } from '@sentry/core/server'
import { request } from 'undici'
import { tellError, type ErrorPlace } from './error-report.ts'

/** Milliseconds that Sentry may take for a report, and a shutdown for the last ones. */
const SEND = 5_000
const FLUSH = 2_000

export interface SentryOptions {
  dsn: string
  environment: string
  /** The commit. */
  release: string | undefined
  service: string
}

/**
 * Reports to Sentry, or to whatever else takes its envelopes. Loaded only where a DSN is configured. Not @sentry/node:
 * what that patches is inside our bundle, out of its reach (docs/decisions/0025).
 */
export function createSentry({ dsn, environment, release, service }: SentryOptions) {
  const parseStack = createStackParser(nodeStackLineParser())
  const client = new ServerRuntimeClient({
    dsn,
    environment,
    ...(release && { release }),
    platform: 'node',
    runtime: { name: 'node', version: process.version },
    integrations: [],
    stackParser: parseStack,
    transport: createUndiciTransport,
    sendClientReports: false,
  })

  return {
    report(error: unknown, { module, operation, requestId, traceId }: ErrorPlace) {
      const values = tellError(error).map(({ type, code, stack }) => ({
        type,
        value: code ?? 'What it says is in the log, under the same request.',
        stacktrace: { frames: parseStack(stack) },
      }))
      const tags = { service, module, operation, request_id: requestId, trace_id: traceId }
      client.captureEvent({ level: 'error', exception: { values }, tags }, undefined, new Scope())
    },
    close: () => client.close(FLUSH),
  }
}

function createUndiciTransport(options: BaseTransportOptions): Transport {
  return createTransport(options, async ({ body }) => {
    const answer = await request(options.url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-sentry-envelope', ...options.headers },
      body: typeof body === 'string' ? body : Buffer.from(body),
      signal: AbortSignal.timeout(SEND),
    })
    await answer.body.dump()
    const header = (name: string) => String(answer.headers[name] ?? '') || null
    return {
      statusCode: answer.statusCode,
      headers: { 'x-sentry-rate-limits': header('x-sentry-rate-limits'), 'retry-after': header('retry-after') },
    }
  })
}

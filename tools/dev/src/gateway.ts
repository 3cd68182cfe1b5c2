import { randomUUID } from 'node:crypto'
import type { FastifyHttpProxyOptions } from '@fastify/http-proxy'
import { AppError, toAppError, toProblem } from '@lightpress/protocol'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { serveDevelopment } from './gateway/development.ts'
import type { Person } from './gateway/development.ts'
import { serveWeb } from './gateway/serve-web.ts'
import { watchTargets, type Targets } from './gateway/targets.ts'
import { waitUntilListening } from './gateway/wait-until-listening.ts'

export interface GatewayOptions {
  /** Path prefix → the upstream that owns it; the longest prefix wins. */
  routes: Record<string, string>
  /** Everything else: a web server, or the folder of a built single-page app. */
  rest?: { upstream: string } | { directory: string }
  /** How long a request waits for an upstream that nobody listens on, as while it restarts. Not at all by default. */
  waitForUpstream?: number
  /** Looks for all processes behind an upstream's name, and sends to those that are ready. One address each by default. */
  balance?: boolean
  /** Whom one can be without further ado, in development. Nobody by default. */
  people?: readonly Person[]
}

/** What is never for the outside, whatever is behind `rest`; and `/v1` paths that no module has. */
const UNROUTED = ['/internal', '/health', '/metrics', '/v1']

/** One origin in front of all services, as the load balancer is in production. */
export function createGateway({
  routes,
  rest,
  waitForUpstream = 0,
  balance = false,
  people = [],
}: GatewayOptions): FastifyInstance {
  const gateway = Fastify({ forceCloseConnections: true, genReqId: () => randomUUID() })
  // Bodies are passed on as they come, whatever their type.
  gateway.removeAllContentTypeParsers()
  gateway.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => refuse(reply, toRefusal(error)))
  gateway.setNotFoundHandler((_request, reply) => notFound(reply))
  gateway.register(async (scope) => {
    // Nobody is there to read a body, whatever its type.
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    for (const prefix of UNROUTED) {
      scope.all(prefix, (_request, reply) => notFound(reply))
      scope.all(`${prefix}/*`, (_request, reply) => notFound(reply))
    }
  })
  serveDevelopment(gateway, people)
  const balanced = balance ? new Map(Object.values(routes).map((name) => [name, watchTargets(name)])) : undefined
  gateway.addHook('onClose', (_instance, done) => {
    for (const targets of balanced?.values() ?? []) targets.close()
    done()
  })
  for (const [prefix, upstream] of Object.entries(routes)) {
    gateway.register(import('@fastify/http-proxy'), {
      ...proxyOptions(upstream, { wait: waitForUpstream, targets: balanced?.get(upstream) }),
      prefix,
      rewritePrefix: prefix,
    })
  }
  if (rest && 'directory' in rest) serveWeb(gateway, rest.directory)
  else if (rest)
    gateway.register(import('@fastify/http-proxy'), {
      ...proxyOptions(rest.upstream, { wait: waitForUpstream }),
      websocket: true,
    })
  return gateway
}

function proxyOptions(
  upstream: string,
  { wait, targets }: { wait: number; targets?: Targets | undefined },
): FastifyHttpProxyOptions {
  return {
    // The plugin keeps to an upstream that it is told once.
    upstream: targets ? '' : upstream,
    disableRequestLogging: true,
    // A stream may be silent for long; how long an answer may take is the service's own deadline.
    undici: { headersTimeout: 60_000, bodyTimeout: 0 },
    // Before the request rather than after a failure: nothing was sent, so any method may wait.
    preHandler: (_request, _reply, done) =>
      void (targets ? targets.wait(wait) : waitUntilListening(upstream, wait)).then(() => done()),
    replyOptions: {
      ...(targets && { getUpstream: () => targets.next() }),
      // What the client claims about itself is dropped; services believe these because they come from us.
      rewriteRequestHeaders: ({ raw, protocol }, { forwarded: _, ...headers }) => ({
        ...headers,
        host: raw.headers.host,
        'x-forwarded-for': raw.socket.remoteAddress,
        'x-forwarded-host': raw.headers.host,
        'x-forwarded-proto': protocol,
      }),
      // A kept-alive connection may close under a request. Only what changes nothing is sent again.
      retryDelay: ({ err, req, attempt }) => (err && attempt < 2 && /^(GET|HEAD)$/.test(req.method ?? '') ? 50 : null),
      onError: (reply, { error }) => {
        const cause = error.cause instanceof Error ? error.cause.message : error.message
        const detail = `The service behind this path does not answer (${cause}).`
        reply.send(new AppError('unavailable', 'gateway.unavailable', detail, { retryAfter: 1 }))
      },
    },
  }
}

function notFound(reply: FastifyReply): FastifyReply {
  return refuse(reply, new AppError('not_found', 'gateway.not_found', 'Nothing is served at this path.'))
}

function toRefusal(error: Error & { statusCode?: number }): AppError {
  const ours = error.statusCode === undefined || error.statusCode >= 500
  return ours ? toAppError(error) : new AppError('invalid', 'gateway.bad_request', error.message, { cause: error })
}

function refuse(reply: FastifyReply, error: AppError): FastifyReply {
  const problem = toProblem(error, reply.request.id)
  if (problem.retryAfter !== undefined) reply.header('retry-after', problem.retryAfter)
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .send(Buffer.from(JSON.stringify(problem)))
}

import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import cookie from '@fastify/cookie'
import { AppError, isAppError, statusOf, toAppError, toProblem } from '@lightpress/protocol'
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import { describeError, type Logger } from './logging.ts'
import { observeRequests, reportUnexpected } from './observe-requests.ts'
import { problemPage } from './problem-page.ts'
import { noTelemetry, type Telemetry } from './telemetry.ts'
import { traceIdOf } from './trace.ts'

/** Bytes; a larger body is refused. */
const BODY_LIMIT = 1024 * 1024

const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

export interface HttpOptions {
  log: Logger
  trustedProxies: string[]
  telemetry?: Telemetry
}

/** A Fastify with the manners that every listener of ours has: limits, safe headers, problem details. */
export async function createHttp({
  log,
  trustedProxies,
  telemetry = noTelemetry,
}: HttpOptions): Promise<FastifyInstance> {
  // Typed as Fastify's, so that the instance is Fastify's own type and not one of pino's.
  const loggerInstance: FastifyBaseLogger = log
  const app = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trustedProxies.length > 0 ? trustedProxies : false,
    genReqId: ({ headers }) => requestIdOf(headers['x-request-id']),
    requestTimeout: 10_000,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    http: { headersTimeout: 5_000, connectionsCheckingInterval: 1_000 },
    bodyLimit: BODY_LIMIT,
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    // What reaches us by an open connection while we close is answered like all else.
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 200 },
    // A path that cannot be decoded, or whose parameter is too long: refused before there is a route, and so before hooks.
    frameworkErrors(error, request, reply) {
      greet(request, reply)
      sendProblem(error, request, reply)
    },
    clientErrorHandler: (error, socket) => refuseUnreadable(error, socket, log),
  })
  app.setErrorHandler((error, request, reply) => {
    if (isUnexpected(error)) reportUnexpected(error, request, telemetry)
    sendProblem(error, request, reply)
  })
  app.setNotFoundHandler((request, reply) => sendProblem(notFound(request), request, reply))
  // The one log of the process: each line says its request's id itself.
  app.setChildLoggerFactory((logger) => logger)
  // No field of these lines can hold a secret, and looking for them costs more than all the rest of a line.
  const access = log.child({}, { redact: [] })
  app.addHook('onResponse', (request, reply, done) => {
    const { method, id, routeOptions } = request
    const about = {
      requestId: id,
      traceId: traceOf(request),
      method,
      route: routeOptions.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    }
    access[routeOptions.config.quiet ? 'debug' : 'info'](about, 'request')
    done()
  })
  observeRequests(app, telemetry)
  app.addHook('onRequest', (request, reply, done) => {
    greet(request, reply)
    done()
  })
  closeSilentConnections(app)
  await app.register(cookie)
  return app
}

function greet(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(safeHeaders).header('x-request-id', request.id)
}

/**
 * What every answer tells a browser: it is data. Nothing may run, frame, embed or guess at it (OWASP, "REST Security").
 * Browsers heed HSTS over HTTPS only.
 */
const safeHeaders = {
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Logged for debugging only: health checks, calls between processes. */
    quiet?: boolean
  }
}

/**
 * Browsers and pools open connections ahead of need. Node takes one that has not said anything yet for busy, and a
 * shutdown would wait for it.
 */
function closeSilentConnections(app: FastifyInstance): void {
  const silent = new Set<Socket>()
  app.server.on('connection', (socket: Socket) => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
  })
  app.server.on('request', ({ socket }) => silent.delete(socket))
  app.addHook('preClose', (done) => {
    for (const socket of silent) socket.destroy()
    // Node closes the idle ones once. One that was just being answered falls idle later, and would be kept alive.
    const closing = setInterval(() => app.server.closeIdleConnections(), 50).unref()
    app.server.once('close', () => clearInterval(closing))
    done()
  })
}

/** The caller's own id for the request when it looks like one, else ours. */
function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\w-]{8,64}$/.test(header) ? header : randomUUID()
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const refused = isAppError(error) ? error : toAppError(translateFastifyError(error))
  const about = { requestId: request.id, traceId: traceOf(request) }
  if (refused.code === 'internal') request.log.error({ ...about, ...describeError(error) }, 'unexpected')
  else if (refused.code === 'unavailable')
    request.log.warn({ ...about, reason: refused.reason, ...describeError(refused.cause) }, 'unavailable')
  void reply.header('cache-control', 'no-store')
  if (refused.retryAfter !== undefined) void reply.header('retry-after', String(refused.retryAfter))
  const problem = toProblem(refused, request.id)
  void reply.code(refused.status)
  // A browser says so when it is to show the answer as a page (Fetch Metadata): somebody followed a link.
  if (request.headers['sec-fetch-mode'] === 'navigate')
    void reply.type('text/html; charset=utf-8').serializer(String).send(problemPage(problem))
  else void reply.type(PROBLEM_TYPE).serializer(JSON.stringify).send(problem)
}

/** Ours, and come up here: what a neighbour answered it has reported itself. */
function isUnexpected(error: unknown): boolean {
  return !isAppError(error) && toAppError(translateFastifyError(error)).code === 'internal'
}

function traceOf({ traceparent }: FastifyRequest): string | undefined {
  return traceparent === undefined ? undefined : traceIdOf(traceparent)
}

/**
 * Answers what never became a request, because Node could not read it or waited too long for the rest. Of the error
 * only the code is logged: it holds what was sent.
 */
function refuseUnreadable({ code }: { code?: string }, socket: Socket, log: Logger): void {
  // Browsers and pools open connections ahead of need. To one that has said nothing yet there is nothing to answer, and
  // an answer would be taken for that to the first request.
  if (code === 'ECONNRESET' || !socket.writable || socket.bytesRead === 0) return void socket.destroy()
  const refused = unreadable(code)
  const { reason } = refused
  const requestId = randomUUID()
  const status = statusOf[refused.code]
  const body = JSON.stringify(toProblem(refused, requestId))
  log.info({ requestId, status, reason, code }, 'request')
  const headers = {
    ...safeHeaders,
    'cache-control': 'no-store',
    connection: 'close',
    'content-length': Buffer.byteLength(body),
    'content-type': PROBLEM_TYPE,
    'x-request-id': requestId,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
  socket.destroySoon()
}

function unreadable(code: string | undefined): AppError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new AppError('invalid', 'request.headers_too_large', 'The headers are larger than this takes.')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new AppError('invalid', 'request.too_slow', 'The request did not come to its end in time.')
    default:
      return new AppError('invalid', 'request.malformed', 'The request could not be read.')
  }
}

/** Does not say the path again: what somebody pasted into it may be a secret, and answers are kept in many places. */
function notFound({ method }: FastifyRequest): AppError {
  return new AppError('not_found', 'request.no_such_path', `There is nothing at this path for ${method}.`)
}

function translateFastifyError(error: unknown): unknown {
  const { code, statusCode } = error as Partial<FastifyError>
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new AppError('invalid', 'request.body_too_large', 'The body is larger than this takes.', {
        status: 413,
      })
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return new AppError('invalid', 'request.malformed_json', 'The body is not valid JSON.')
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new AppError(
        'invalid',
        'request.unsupported_media_type',
        'Send JSON, with the header content-type: application/json.',
      )
    default:
      // Others' clients give their errors the status that they were answered with: what they were refused is no fault of
      // whoever asks us.
      return code?.startsWith('FST_') && statusCode !== undefined && statusCode >= 400 && statusCode < 500
        ? new AppError('invalid', 'request.malformed', 'The request could not be read.', { cause: error })
        : error
  }
}

import { Readable } from 'node:stream'
import { AppError, type Caller, type Operation } from '@lightpress/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Authenticate } from './authenticate.ts'
import { fromText } from './input.ts'
import type { InternalTokens } from './internal-token.ts'
import { asRefusal, checkAccess, DEADLINE, parseInput, withDeadline, type Hosted } from './invoke.ts'
import type { Logger } from './logging.ts'
import type { CallContext, ModuleContext, RawHttp, RequestInfo } from './module.ts'
import { underTrace } from './observe-vendors.ts'
import { inSpan } from './spans.ts'
import type { Telemetry } from './telemetry.ts'
import { continueTrace, traceIdOf } from './trace.ts'

export interface RoutedModule extends Hosted {
  runRaw(operation: string, http: RawHttp, ctx: ModuleContext): Promise<unknown>
  contextFor(call: CallContext): ModuleContext
}

/** Opens every operation of a contract that has a path, as the contract declares it. */
export function registerPublicRoutes(
  app: FastifyInstance,
  module: RoutedModule,
  { authenticate, log }: { authenticate: Authenticate; log: Logger },
) {
  for (const [name, operation] of Object.entries(module.contract.operations)) {
    if (operation.path === undefined) continue
    app.register(async (scope) => {
      if (operation.kind === 'raw' && operation.bytes) {
        scope.removeAllContentTypeParsers()
        scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
      }
      if (operation.kind === 'raw' && operation.takes) takeStreams(scope)
      scope.route({
        method: operation.method,
        url: operation.path as string,
        // Whoever signs what they send needs no name of ours, and reads nothing of anybody's.
        config: {
          anyHost: operation.access === 'signed',
          operation: `${module.name}.${name}`,
          stream: operation.kind === 'raw' && operation.produces === 'text/event-stream',
        },
        handler: (request, reply) => answer({ module, name, operation }, { request, reply }, { authenticate, log }),
      })
    })
  }
}

/** Bodies that are not JSON reach the handler unread. Of one that was refused on its way in nobody waits for the rest. */
function takeStreams(scope: FastifyInstance): void {
  scope.removeContentTypeParser('text/plain')
  scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  scope.addHook('onSend', async (request, reply) => {
    if (!request.raw.complete) reply.header('connection', 'close')
  })
}

interface Route {
  module: RoutedModule
  name: string
  operation: Operation
}

interface Http {
  request: FastifyRequest
  reply: FastifyReply
}

async function answer(
  { module, name, operation }: Route,
  { request, reply }: Http,
  { authenticate, log }: { authenticate: Authenticate; log: Logger },
) {
  const open = operation.access === 'public' || operation.access === 'signed'
  const caller = await authenticate(request, { optional: open })
  const result = await withDeadline(DEADLINE, async (limit) => {
    const call = callOf(request, {
      operation: `${module.name}.${name}`,
      caller: { ...caller, service: null },
      limit,
      log,
    })
    const input = operation.input && fromRequest(operation.input, request)
    if (operation.kind === 'raw' && operation.bytes) request.body ??= Buffer.alloc(0)
    reply.code(operation.status ?? 200)
    if (operation.headers) reply.headers(operation.headers)
    else reply.header('cache-control', 'no-store')
    return underTrace(call.request.traceparent, () =>
      operation.kind === 'raw'
        ? runRaw({ module, name, operation }, { request, reply, input: undefined }, { call, input })
        : module.run(name, input, call),
    )
  })
  // Fastify's reply is a promise of its own end, so nothing above may wait for it: a stream is open for hours.
  return result === answered ? reply : result
}

/** What a raw operation without an output gives back: its handler has answered, or will. */
const answered = Symbol('answered')

async function runRaw(
  { module, name, operation }: Route & { operation: Operation },
  http: RawHttp,
  { call, input }: { call: CallContext; input: unknown },
) {
  const ctx = module.contextFor(call)
  checkAccess(operation, ctx)
  const parsed = operation.input ? parseInput(operation.input, input) : undefined
  try {
    const result = await module.runRaw(name, { ...http, input: parsed as never }, ctx)
    return operation.output ? operation.output.parse(result) : answered
  } catch (error) {
    throw asRefusal(module.contract, error)
  }
}

/** One flat input: path parameters win over the query string or the body. */
function fromRequest(schema: z.ZodObject, { method, params, query, body }: FastifyRequest): unknown {
  const path = fromText(schema, params as Record<string, unknown>)
  if (method === 'GET' || method === 'DELETE') return { ...fromText(schema, query as Record<string, unknown>), ...path }
  if (body === undefined || body === null) return path
  if (body instanceof Readable) return { ...fromText(schema, query as Record<string, unknown>), ...path }
  if (typeof body !== 'object' || Array.isArray(body))
    throw new AppError('invalid', 'request.invalid', 'The body must be a JSON object.')
  return { ...body, ...path }
}

function callOf(
  request: FastifyRequest,
  {
    operation,
    caller,
    limit,
    log,
  }: { operation: string; caller: Caller; limit: Pick<CallContext, 'deadline' | 'signal'>; log: Logger },
): CallContext {
  const traceparent = continueTrace(request.traceparent)
  const key = request.headers['idempotency-key']
  const info: RequestInfo = {
    requestId: request.id,
    traceparent,
    operation,
    actorId: caller.identity?.userId,
    impersonatorId: caller.identity?.impersonatorId ?? undefined,
    apiKeyId: caller.apiKey?.apiKeyId,
    ip: request.ip,
    userAgent: request.headers['user-agent']?.slice(0, 300) ?? null,
    idempotencyKey: typeof key === 'string' && key !== '' ? checkedKey(key) : null,
  }
  let child: Logger | undefined
  return {
    caller,
    request: info,
    ...limit,
    /** Made when there is something to say, which is seldom. */
    get log() {
      return (child ??= log.child({ requestId: request.id, traceId: traceIdOf(traceparent) }))
    },
  }
}

function checkedKey(key: string): string {
  if (key.length <= 200) return key
  throw new AppError('invalid', 'request.invalid', 'An Idempotency-Key has 200 characters at most.')
}

/** What neighbours in other processes call: every operation that is not raw, signed, on the internal port only. */
export function registerInternalRoutes(
  app: FastifyInstance,
  modules: ReadonlyMap<string, Hosted>,
  { tokens, log, telemetry }: { tokens: InternalTokens; log: Logger; telemetry: Pick<Telemetry, 'tracer'> },
) {
  app.post<{ Params: { module: string; operation: string } }>(
    '/internal/:module/:operation',
    { config: { quiet: true } },
    async (request) => {
      const { module: name, operation } = request.params
      const module = modules.get(name)
      const token = request.headers.authorization?.slice('Bearer '.length)
      const { caller, request: info, budget } = tokens.verify(token, `${name}.${operation}`)
      const declared =
        module && Object.hasOwn(module.contract.operations, operation) && module.contract.operations[operation]
      if (!declared || declared.kind === 'raw') {
        throw new AppError('not_found', 'seam.no_such_operation', `This process has no operation ${name}.${operation}.`)
      }
      const parent = continueTrace(info.traceparent)
      // What is logged and reported of the call itself stands under the ids of the request that it is for.
      request.id = info.requestId
      request.traceparent = parent
      const about = log.child({ requestId: info.requestId, traceId: traceIdOf(parent), from: caller.service })
      return withDeadline(Math.min(budget, DEADLINE), (limit) =>
        inSpan(telemetry.tracer, { name: `${name}.${operation}`, kind: 'server', parent }, (traceparent) =>
          module.run(operation, request.body, {
            ...{ caller, request: { ...info, traceparent }, log: about },
            ...limit,
          }),
        ),
      )
    },
  )
}

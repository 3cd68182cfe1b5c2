import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { apiVersion, release } from '../api-version.ts'
import type { Context } from '../context.ts'
import { newId } from '../ids.ts'
import type { State } from '../state/state.ts'
import type { Endpoint, Ids } from './endpoint.ts'
import { ApiError, errorBody, invalidRequest } from './errors.ts'
import { checkExpansions, expand } from './expand.ts'
import { decodeForm, FormError } from './form.ts'
import { recall, remember } from './idempotency.ts'
import { list, parseParams, text } from './params.ts'

export interface ApiOptions {
  endpoints: readonly Endpoint[]
  state: State
  /** The context of one request, whose events name it. */
  context(request: { id: string | null; idempotency_key: string | null }): Context
  log(message: string): void
}

/** Serves the endpoints as Stripe does: keys, versions, forms, idempotency, expansion, errors. */
export function registerApi(app: FastifyInstance, { endpoints, state, context, log }: ApiOptions): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('request-id', newId('req'))
    reply.header('stripe-version', versionOf(request))
    checkKey(request)
    done()
  })

  app.setErrorHandler((error, _request, reply) => {
    const answer = asApiError(error)
    if (answer.status >= 500)
      log(`${requestIdOf(reply)} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return reply
      .code(answer.status)
      .type('application/json')
      .send(errorBody(answer, requestIdOf(reply)))
  })

  app.setNotFoundHandler((request) => {
    throw new ApiError(
      404,
      'invalid_request_error',
      `Unrecognized request URL (${request.method}: ${pathOf(request)}). This Stripe stand-in does not cover it.`,
    )
  })

  for (const endpoint of endpoints) {
    app.route<{ Params: Partial<Ids> }>({
      method: endpoint.method,
      url: endpoint.path.slice('/v1'.length),
      handler: (request, reply) => answer(endpoint, request, reply),
    })
  }

  function answer(endpoint: Endpoint, request: FastifyRequest<{ Params: Partial<Ids> }>, reply: FastifyReply) {
    const query = request.raw.url?.split('?')[1] ?? ''
    const form = [query, typeof request.body === 'string' ? request.body : ''].filter(Boolean).join('&')
    const key = request.method === 'POST' ? headerOf(request, 'idempotency-key') : null
    const asked = { key, path: pathOf(request), form }
    const ctx = context({ id: requestIdOf(reply), idempotency_key: key })

    const earlier = recall(state, asked, ctx.now)
    if (key !== null) reply.header('idempotency-key', key)
    if (earlier) {
      reply.header('idempotent-replayed', 'true').header('original-request', earlier.request)
      return reply.code(earlier.status).type('application/json').send(earlier.body)
    }

    const { expand: paths, ...given } = decodeForm(form)
    const expansions = paths === undefined ? [] : parseParams(list(text), paths)
    checkExpansions(expansions)
    const handle = endpoint.prepare({ id: request.params.id ?? '', part: request.params.part ?? '' }, given)
    const body = JSON.stringify(expand(handle(ctx), expansions, ctx), null, 2)
    remember(state, asked, { request: requestIdOf(reply), status: 200, body, created: ctx.now })
    return reply.type('application/json').send(body)
  }
}

/** The pinned version and what follows it in the same release: its shapes are the only ones spoken here. */
function versionOf(request: FastifyRequest): string {
  const version = headerOf(request, 'stripe-version') ?? apiVersion
  if (version.split('.')[1] !== release) {
    throw invalidRequest(`Invalid Stripe API version: ${version}. This stand-in speaks ${apiVersion}.`)
  }
  return version
}

function checkKey(request: FastifyRequest): void {
  const [scheme = '', credentials = ''] = (headerOf(request, 'authorization') ?? '').split(' ')
  const key = scheme === 'Basic' ? (Buffer.from(credentials, 'base64').toString().split(':')[0] ?? '') : credentials
  if (key === '') {
    throw new ApiError(
      401,
      'invalid_request_error',
      'You did not provide an API key (Authorization: Bearer sk_test_…).',
    )
  }
  if (!/^[sr]k_test_./.test(key)) {
    const shown = `${key.slice(0, 8)}…`
    throw new ApiError(
      401,
      'invalid_request_error',
      `Invalid API Key provided: ${shown}. This stand-in takes sk_test_… keys.`,
    )
  }
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof FormError) return invalidRequest(error.message)
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status === 415)
    return invalidRequest('Invalid request (check that your POST content type is application/x-www-form-urlencoded).')
  if (status < 500) return invalidRequest(error instanceof Error ? error.message : 'Invalid request')
  return new ApiError(500, 'api_error', 'The stand-in failed; its log says why.')
}

function requestIdOf(reply: FastifyReply): string {
  return String(reply.getHeader('request-id'))
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? ''
}

function headerOf(request: FastifyRequest, name: string): string | null {
  const value = request.headers[name]
  return typeof value === 'string' ? value : null
}

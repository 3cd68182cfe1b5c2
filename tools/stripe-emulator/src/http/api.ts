import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { apiVersion, release } from '../api-version.ts'
import type { Context } from '../context.ts'
import { requestMishap } from '../control/chaos.ts'
import type { RequestRule } from '../control/chaos-rules.ts'
import { newId } from '../ids.ts'
import { settingsOf } from '../state/settings.ts'
import type { State } from '../state/state.ts'
import { answerTo, type Answer } from './answer.ts'
import type { Endpoint, Ids } from './endpoint.ts'
import { ApiError, asApiError, errorBody, invalidRequest, stackOf } from './errors.ts'
import type { Inclusions } from './expand.ts'
import { refuseKeyInUse, type KeysInUse } from './idempotency.ts'
import { createRateLimiter, tooManyRequests } from './rate-limiter.ts'

export interface ApiOptions {
  endpoints: readonly Endpoint[]
  inclusions: Inclusions
  state: State
  /** The context of one request, whose events name it. */
  context(request: { id: string | null; idempotency_key: string | null }): Context
  changed(): void
  log(message: string): void
}

type ApiRequest = FastifyRequest<{ Params: Partial<Ids> }>

/** Serves the endpoints as Stripe does: keys, versions, limits, idempotency, errors; and does as chaos rules say. */
export function registerApi(
  app: FastifyInstance,
  { endpoints, inclusions, state, context, changed, log }: ApiOptions,
): void {
  const inUse: KeysInUse = new Set()
  const limiter = createRateLimiter()
  const closing = new AbortController()

  app.addHook('preClose', (done) => {
    closing.abort()
    done()
  })

  app.addHook('onRequest', (request, reply, done) => {
    reply.header('request-id', newId('req'))
    reply.header('stripe-version', versionOf(request))
    checkKey(request)
    refuseOtherAccounts(request)
    if (!limiter.admit(settingsOf(state).rateLimit)) {
      reply.header('stripe-rate-limited-reason', 'global-rate')
      throw tooManyRequests()
    }
    done()
  })

  app.setErrorHandler((error, _request, reply) => {
    const failure = asApiError(error)
    if (failure.status >= 500) logFailure(error, requestIdOf(reply))
    return send(reply, { status: failure.status, body: errorBody(failure, requestIdOf(reply)) })
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
      handler: (request, reply) => {
        const mishap = requestMishap(state, { method: request.method, path: pathOf(request) })
        return mishap ? mishandle(mishap, { endpoint, request, reply }) : send(reply, answer(endpoint, request, reply))
      },
    })
  }

  function answer(endpoint: Endpoint, request: ApiRequest, reply: FastifyReply): Answer {
    const { url = '' } = request.raw
    const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : ''
    const form = [query, typeof request.body === 'string' ? request.body : ''].filter(Boolean).join('&')
    const key = keyOf(request)
    if (key !== null) reply.header('idempotency-key', key)
    return answerTo(
      {
        endpoint,
        ids: { id: request.params.id ?? '', part: request.params.part ?? '' },
        asked: { key, path: pathOf(request), form },
        requestId: requestIdOf(reply),
      },
      { inUse, inclusions, context, failed: logFailure },
    )
  }

  async function mishandle(
    rule: RequestRule,
    { endpoint, request, reply }: { endpoint: Endpoint; request: ApiRequest; reply: FastifyReply },
  ): Promise<FastifyReply> {
    changed()
    switch (rule.effect) {
      case 'error':
        throw chaosError(rule.status)
      case 'slow': {
        await busyWith(keyOf(request), rule.milliseconds)
        // The connection is being cut: nobody waits for an answer any more.
        if (closing.signal.aborted) return reply.hijack()
        return send(reply, answer(endpoint, request, reply))
      }
      case 'lose_answer': {
        answer(endpoint, request, reply)
        if (rule.status !== null) throw chaosError(rule.status)
        changed()
        reply.hijack()
        request.raw.socket.destroy()
        return reply
      }
    }
  }

  /** As if the work took so long, until we close: whoever comes with the same key meanwhile is told that it is in use. */
  async function busyWith(key: string | null, milliseconds: number): Promise<void> {
    refuseKeyInUse(key, inUse)
    if (key !== null) inUse.add(key)
    try {
      await sleep(milliseconds, undefined, { signal: closing.signal })
    } catch (error) {
      if (!closing.signal.aborted) throw error
    } finally {
      inUse.delete(key ?? '')
    }
  }

  function logFailure(error: unknown, requestId: string): void {
    log(`${requestId} failed: ${stackOf(error)}`)
  }
}

function send(reply: FastifyReply, { status, body, original }: Answer): FastifyReply {
  if (original !== undefined) reply.header('idempotent-replayed', 'true').header('original-request', original)
  return reply.code(status).type('application/json').send(body)
}

function chaosError(status: number): ApiError {
  if (status === 429) return tooManyRequests()
  const type = status >= 500 ? 'api_error' : 'invalid_request_error'
  return new ApiError(status, type, `A chaos rule of this stand-in answers ${status}.`)
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

/** What was meant for another account must not be done in the only one there is. */
function refuseOtherAccounts(request: FastifyRequest): void {
  for (const name of ['Stripe-Account', 'Stripe-Context']) {
    if (headerOf(request, name.toLowerCase()) === null) continue
    throw invalidRequest(`This Stripe stand-in has one account: it does not cover the header ${name}.`)
  }
}

/** Only POST heeds it: https://docs.stripe.com/api/idempotent_requests */
function keyOf(request: FastifyRequest): string | null {
  return request.method === 'POST' ? headerOf(request, 'idempotency-key') : null
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

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { ApiError, asApiError, errorBody, invalidRequest, stackOf } from '../http/errors.ts'
import { parseParams } from '../http/parse-params.ts'
import { newRule } from './chaos-rules.ts'
import type { Controls } from './controls.ts'
import { registerDeliveries } from './delivery-routes.ts'
import { settingsChange } from './settings.ts'

const clockMove = z
  .strictObject({ to: z.int().min(0).optional(), by: z.int().min(0).optional(), settle: z.boolean().default(false) })
  .refine(({ to, by }) => (to === undefined) !== (by === undefined), { path: ['to'], error: 'Give `to` or `by`.' })

const clockChange = z.strictObject({ frozen: z.boolean() })

const chaosSwitch = z.strictObject({ on: z.boolean() })

interface WithId {
  Params: { id: string }
}

/** `/_control`: JSON in, JSON out. */
export function registerControl(app: FastifyInstance, controls: Controls, log: (message: string) => void): void {
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, JSON.parse(String(body)))
    } catch {
      done(invalidRequest('The body is not JSON.'))
    }
  })

  app.setErrorHandler((error, { method, url }, reply) => {
    const failure = asApiError(error, 'application/json')
    if (failure.status >= 500) log(`${method} ${url} failed: ${stackOf(error)}`)
    return reply.code(failure.status).type('application/json').send(errorBody(failure, null))
  })
  app.setNotFoundHandler(({ method, url }) => {
    throw new ApiError(404, 'invalid_request_error', `There is no ${method} ${url} here.`)
  })

  app.post('/reset', async () => {
    await controls.reset()
    return {}
  })

  app.get('/settings', () => controls.settings())
  app.patch('/settings', ({ body }) => controls.changeSettings(parseParams(settingsChange, body)))

  app.get('/clock', () => controls.clock())
  app.patch('/clock', ({ body }) => controls.freezeClock(parseParams(clockChange, body).frozen))
  app.post('/clock', ({ body }) => {
    const { to, by = 0, settle } = parseParams(clockMove, body)
    return controls.moveClock(to ?? controls.clock().now + by, { settle })
  })

  app.get('/chaos', () => ({ rules: controls.chaosRules() }))
  app.post('/chaos', ({ body }) => controls.addChaos(parseParams(newRule, body)))
  app.delete('/chaos', () => {
    controls.clearChaos()
    return { rules: [] }
  })
  app.post<WithId>('/chaos/:id', ({ params: { id }, body }) =>
    controls.switchChaos(id, parseParams(chaosSwitch, body).on),
  )
  app.delete<WithId>('/chaos/:id', ({ params: { id } }) => {
    controls.removeChaos(id)
    return { id, deleted: true }
  })

  registerDeliveries(app, controls)
}

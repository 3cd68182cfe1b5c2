import Fastify from 'fastify'
import { expect, test } from 'vitest'
import type { Controls } from '../src/control/controls.ts'
import { registerControl } from '../src/control/routes.ts'
import { startEmulator } from './harness.ts'

test.each([
  ['POST', '/clock', { to: 'tomorrow' }, 'Invalid number: to', 'to'],
  ['POST', '/clock', { by: -1 }, 'Invalid by: Too small', 'by'],
  ['POST', '/clock', [], 'Invalid hash: the body', undefined],
  ['POST', '/chaos', { effect: 'drop', times: 0 }, 'Invalid times: Too small', 'times'],
  ['PATCH', '/settings', { webhookPace: 0 }, 'Invalid webhookPace: Too small', 'webhookPace'],
  [
    'PATCH',
    '/settings',
    { speed: 1 },
    'Received unknown parameter: speed. It is misspelled, or not covered here: the README says what is.',
    'speed',
  ],
])('%s %s of %j is refused by what is wrong with it', async (method, path, body, message, param) => {
  const { url } = await startEmulator()
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/_control${path}`, { method, headers, body: JSON.stringify(body) })
  expect(response.status).toBe(400)
  const { error } = (await response.json()) as { error: { message: string; param?: string } }
  expect(error.message).toContain(message)
  expect(error.param).toBe(param)
})

test('what fails inside is for the log, and not for the answer', async () => {
  const logged: string[] = []
  const app = Fastify()
  const failing: Pick<Controls, 'settings'> = {
    settings() {
      throw new Error('price undefined is not recurring')
    },
  }
  registerControl(app, failing as Controls, (message) => logged.push(message))
  const answer = await app.inject('/settings')
  expect(answer.statusCode).toBe(500)
  expect(answer.json()).toMatchObject({ error: { message: 'The stand-in failed; its log says why.' } })
  expect(logged).toEqual([expect.stringContaining('price undefined is not recurring')])
})

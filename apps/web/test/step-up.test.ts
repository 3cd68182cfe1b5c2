import { AppError } from '@lightpress/protocol'
import { expect, it, vi } from 'vitest'
import { createStepUp } from '../src/api/step-up.ts'

it('asks, and sends once more what was refused for want of a recent proof', async () => {
  const server = play()
  server.onStepUp(async () => server.prove())
  expect(await server.confirmed(server.send)).toBe('done')
  expect(server.sent).toBe(2)
})

it('asks once for whatever is refused together', async () => {
  const server = play()
  const ask = vi.fn(async () => server.prove())
  server.onStepUp(ask)
  expect(await Promise.all([1, 2, 3].map(() => server.confirmed(server.send)))).toEqual(['done', 'done', 'done'])
  expect(ask).toHaveBeenCalledTimes(1)
})

it('does not ask for what was sent before a proof and refused after it', async () => {
  const server = play()
  const ask = vi.fn(async () => server.prove())
  server.onStepUp(ask)
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  let first = true
  const late = server.confirmed(async () => {
    if (!first) return server.send()
    first = false
    await held
    throw refused()
  })
  await server.confirmed(server.send)
  release()
  expect(await late).toBe('done')
  expect(ask).toHaveBeenCalledTimes(1)
})

it('tells a person who lets it be from a refusal, and asks again the next time', async () => {
  const server = play()
  server.onStepUp(async () => false)
  await expect(server.confirmed(server.send)).rejects.toMatchObject({ reason: 'web.given_up' })
  server.onStepUp(async () => server.prove())
  expect(await server.confirmed(server.send)).toBe('done')
})

it('leaves the refusal as it is when nobody can be asked, and every other one', async () => {
  const server = play()
  const undo = server.onStepUp(async () => server.prove())
  undo()
  await expect(server.confirmed(server.send)).rejects.toMatchObject({ reason: 'request.step_up_required' })
  const other = new AppError('forbidden', 'request.not_allowed', 'No.')
  await expect(server.confirmed(() => Promise.reject(other))).rejects.toBe(other)
})

function refused() {
  return new AppError('forbidden', 'request.step_up_required', 'Prove it.')
}

/** A server that wants one proof, and a clock that goes on by one at each look. */
function play() {
  let time = 0
  let proved = false
  const server = {
    ...createStepUp(() => ++time),
    sent: 0,
    prove: () => (proved = true),
    send: async () => {
      server.sent++
      await Promise.resolve()
      if (!proved) throw refused()
      return 'done'
    },
  }
  return server
}

import { AppError, fromProblem } from '@lightpress/protocol'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { explain, mayPass } from '../src/ui/failure.ts'

const network = (onLine: boolean) => vi.stubGlobal('navigator', { onLine })

beforeEach(() => void network(true))
afterEach(() => void vi.unstubAllGlobals())

it('hides what is our fault behind a sentence, and gives the id to quote', () => {
  const failure = explain(fromProblem(500, { detail: 'relation "users" does not exist', requestId: 'req-1' }))
  expect(failure.requestId).toBe('req-1')
  expect(JSON.stringify(failure)).not.toContain('relation')
})

it('repeats what a refusal says, without an id that helps nobody', () => {
  const refusal = fromProblem(409, { detail: 'You are on this plan.', reason: 'billing.same_plan', requestId: 'req-2' })
  expect(explain(refusal)).toEqual({ title: 'Something changed meanwhile', advice: 'You are on this plan.' })
})

it('does not call a wrong password an ended session', () => {
  const wrong = fromProblem(401, { detail: 'E-mail or password is wrong.', reason: 'auth.wrong_credentials' })
  expect(explain(wrong).title).toBe('That did not match')
})

it('says how long to wait, and tells an exact wait from none', () => {
  const locked = fromProblem(429, { reason: 'auth.too_many_attempts', detail: 'Wait.', retryAfter: 90 })
  expect(explain(locked)).toEqual({
    title: 'Too many tries',
    advice: 'You can try again in 1 minute 30 seconds.',
    retryAfter: 90,
  })
  expect(explain(fromProblem(429, { detail: 'Wait a little.' }))).toEqual({
    title: 'That was a lot at once',
    advice: 'Wait a little.',
  })
})

it('has words for a dead network and for a bug of ours', () => {
  expect(explain(new AppError('unavailable', 'web.unreachable', 'x')).title).toContain('cannot be reached')
  const { advice } = explain(new TypeError('undefined is not a function'))
  expect(advice).not.toMatch(/undefined|recorded/)
})

it('tells whoever has no network that it is theirs, and of nothing that is ours', () => {
  network(false)
  expect(explain(new AppError('unavailable', 'web.unreachable', 'x')).title).toBe('You are offline')
  expect(explain(fromProblem(503, {})).title).toContain('cannot be reached')
})

it('knows what a retry may help with from what it cannot', () => {
  const unreachable = new AppError('unavailable', 'web.unreachable', 'x')
  const passing = [fromProblem(500, {}), fromProblem(503, {}), fromProblem(429, {}), unreachable, new TypeError('x')]
  expect(passing.filter((error) => !mayPass(error))).toEqual([])
  const expired = fromProblem(400, { reason: 'auth.token_invalid' })
  expect([expired, fromProblem(409, {}), fromProblem(404, {})].filter(mayPass)).toEqual([])
})

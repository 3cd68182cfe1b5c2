import { AppError } from '@lightpress/protocol'
import { expect, it } from 'vitest'
import { hasReason, type Result, sendAll } from '../src/screens/invitations/send-all.ts'

const already = new AppError('conflict', 'users.already_member', 'They are a member already.')
const full = new AppError('conflict', 'users.seat_limit', 'All seats are taken.')
const down = new AppError('unavailable', 'web.unreachable', 'The server cannot be reached.')

async function outcome(refusals: Record<string, AppError>) {
  const asked: string[] = []
  const told: Result[][] = []
  const send = (email: string) => {
    asked.push(email)
    const refusal = refusals[email]
    return refusal ? Promise.reject(refusal) : Promise.resolve()
  }
  const results = await sendAll(['a', 'b', 'c'], send, (now) => told.push(now))
  return { asked, told, results, states: results.map(({ state }) => state) }
}

it('sends one after the other, and tells how far it has come', async () => {
  const { told, states } = await outcome({})
  expect(states).toEqual(['sent', 'sent', 'sent'])
  expect(told.map((now) => now.map(({ state }) => state).join(' '))).toEqual([
    'sending waiting waiting',
    'sent waiting waiting',
    'sent sending waiting',
    'sent sent waiting',
    'sent sent sending',
    'sent sent sent',
  ])
})

it('goes on after what is about one address', async () => {
  const { states } = await outcome({ a: already })
  expect(states).toEqual(['refused', 'sent', 'sent'])
})

it.each([
  ['no seat', full],
  ['no network', down],
])('asks for nothing more where there is %s', async (_, refusal) => {
  const { asked, states } = await outcome({ b: refusal })
  expect(asked).toEqual(['a', 'b'])
  expect(states).toEqual(['sent', 'refused', 'skipped'])
})

it('knows why one was refused', async () => {
  const { results } = await outcome({ b: full })
  expect(results.some(hasReason('users.seat_limit'))).toBe(true)
  expect(results.some(hasReason('users.already_member'))).toBe(false)
})

import { randomBytes } from 'node:crypto'
import { anonymous } from '@lightpress/protocol'
import { expect, it } from 'vitest'
import { SecretKey } from '../src/config.ts'
import { createInternalTokens } from '../src/internal-token.ts'

const [old, next] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')]
const request = { requestId: 'r', traceparent: '', ip: null, userAgent: null, idempotencyKey: null }
const call = { from: 'ping', operation: 'pong.echo', caller: anonymous, request, budget: 1_000 }

it('processes with an old key and a new one understand each other while both are known', () => {
  const [before, first, second, after] = [old, `${old},${next}`, `${next},${old}`, next].map(createInternalTokens)
  for (const [one, another] of [
    [before, first],
    [first, second],
    [second, after],
  ] as const) {
    expect(another!.verify(one!.sign(call), 'pong.echo').caller.service).toBe('ping')
    expect(one!.verify(another!.sign(call), 'pong.echo').caller.service).toBe('ping')
  }
  expect(() => after!.verify(before!.sign(call), 'pong.echo')).toThrow('not signed by this environment')
})

it('a variable for keys takes several, each as good as one', () => {
  expect(SecretKey.safeParse(`${old},${next}`).success).toBe(true)
  for (const wrong of ['', ',', `${old},`, `${old},c2hvcnQ=`, `${old} ${next}`, 'no'])
    expect(SecretKey.safeParse(wrong).success, wrong).toBe(false)
})

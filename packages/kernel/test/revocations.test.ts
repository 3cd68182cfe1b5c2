import type { Identity, Revocation } from '@lightpress/protocol'
import { afterEach, expect, it, vi } from 'vitest'
import { newId } from '../src/ids.ts'
import { createLogger } from '../src/logging.ts'
import { createRevocations, type Revocations } from '../src/revocations.ts'
import { createEmitter } from '../src/signals.ts'

const PAGE = 3
const nobody = { userId: null, minimumVersion: null, apiKeyId: null, organizationId: null, reopened: false }

let revocations: Revocations | undefined
afterEach(async () => {
  vi.useRealTimers()
  await revocations?.close()
})

/** A reader of a source that tells so much at a time, and how often that was asked. */
function startReader(told: readonly Revocation[]) {
  const log = createLogger('silent', 'test')
  const asked: number[] = []
  const keySets: string[] = []
  const read = async (after: number) => {
    asked.push(after)
    const page = told.filter(({ sequence }) => sequence > after).slice(0, PAGE)
    return { revocations: page, latest: page.at(-1)?.sequence ?? after, keySet: 'one two' }
  }
  const { signals } = createEmitter(async () => undefined, log)
  revocations = createRevocations({ read, onKeySet: (keySet) => keySets.push(keySet), signals, log })
  return { asked, keySets, revocations }
}

function whoIsIn(sessionId: string): Identity {
  const nowhere = { organizationId: null, role: null, operator: false, authenticatedAt: 0, impersonatorId: null }
  return { userId: newId(), sessionId, sessionVersion: 0, ...nowhere }
}

it('all that was revoked is known after one reading, however many pages it has', async () => {
  const sessions = Array.from({ length: 2 * PAGE + 1 }, newId)
  const told = sessions.map((sessionId, at) => ({ sequence: at + 1, sessionId, ...nobody }))
  const { asked, revocations } = startReader(told)
  await revocations.refresh()
  expect(sessions.map((sessionId) => revocations.isRevoked(whoIsIn(sessionId)))).toEqual(sessions.map(() => true))
  expect(revocations.isRevoked(whoIsIn(newId()))).toBe(false)
  expect(asked).toEqual([0, PAGE, 2 * PAGE, 2 * PAGE + 1])
})

it('every reading tells which keys are published, also when nothing was revoked', async () => {
  const { asked, keySets, revocations } = startReader([])
  await revocations.refresh()
  expect(asked).toEqual([0])
  expect(keySets).toEqual(['one two'])
})

it('what is for an organisation that is shut is refused, and good again once it is reopened', async () => {
  const [shut, open] = [newId(), newId()]
  const told = [{ sequence: 1, sessionId: null, ...nobody, organizationId: shut }]
  const { revocations } = startReader(told)
  await revocations.refresh()
  const inThe = (organizationId: string) => revocations.isRevoked({ ...whoIsIn(newId()), organizationId })
  const keyOf = (organizationId: string) => revocations.isApiKeyRevoked({ apiKeyId: newId(), organizationId })
  expect([inThe(shut), keyOf(shut), inThe(open), keyOf(open)]).toEqual([true, true, false, false])
  expect(revocations.isRevoked(whoIsIn(newId()))).toBe(false)
  told.push({ sequence: 2, sessionId: null, ...nobody, organizationId: shut, reopened: true })
  await revocations.refresh()
  expect([inThe(shut), keyOf(shut)]).toEqual([false, false])
})

it('what no signal told of is known within the second that is promised', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const sessionId = newId()
  const told: Revocation[] = []
  const { asked, revocations } = startReader(told)
  await revocations.refresh()
  told.push({ sequence: 1, sessionId, ...nobody })
  vi.advanceTimersByTime(900)
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(1))
  await vi.waitFor(() => expect(revocations.isRevoked(whoIsIn(sessionId))).toBe(true))
})

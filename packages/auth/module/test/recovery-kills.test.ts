// A recovery is whole. Somewhere on the way our connection to the database dies: then nothing has happened, and the same
// request brings it about.
import { createTraps } from '@lightpress/testing'
import type { RunningModule } from '@lightpress/testing'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { announceRecoveries } from '../src/announce-recoveries.ts'
import type { AuthContext } from '../src/context.ts'
import { allowance, lockout, recovery } from '../src/schema.ts'
import { createGuarded } from './factor-support.ts'
import { readRecoveryMail } from './links.ts'
import {
  challengeOf,
  completeRecovery,
  createDue,
  createWaiting,
  DAY,
  entriesOf,
  eventsOf,
  factorsOf,
  pass,
  requestRecovery,
} from './recovery-support.ts'
import { refreshBy } from './session-support.ts'
import { start } from './support.ts'

let app: RunningModule
const { trap, disarm } = createTraps(() => app.contextFor('auth'))

beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())
afterEach(async () => {
  await disarm()
  await ctx().db.delete(allowance)
  await ctx().db.delete(lockout)
})

const ctx = () => app.contextFor('auth') as unknown as AuthContext

describe.each([
  ['the recovery is stored', () => trap('insert', 'auth.recovery')],
  ['the audit log is written', () => trap('insert', 'auth.audit_entry')],
  ['the mail is promised', () => trap('insert', 'auth.outbox')],
  ['all of it is committed', () => trap('insert', 'auth.recovery', 'with the commit')],
])('asking for one, death before %s', (_, dies) => {
  it('leaves nothing, and is mended by asking again', async () => {
    const { email, user } = await createGuarded(app)
    const challenge = await challengeOf(app, email)
    await dies()
    expect((await requestRecovery(app, challenge)).status).toBeGreaterThanOrEqual(500)
    await disarm()
    expect(await ctx().db.$count(recovery, eq(recovery.userId, user.id))).toBe(0)
    expect((await requestRecovery(app, challenge)).status).toBe(202)
    const { row } = await readRecoveryMail(app, user.id)
    expect(await eventsOf(app, row.id)).toEqual(['auth.recovery.requested.v1'])
  })
})

describe.each([
  ['it is marked', () => trap('update of announced_at', 'auth.recovery')],
  ['the mail is promised', () => trap('insert', 'auth.outbox')],
  ['all of it is committed', () => trap('update of announced_at', 'auth.recovery', 'with the commit')],
])('announcing one, death before %s', (_, dies) => {
  it('is mended by the next run', async () => {
    const { user, row } = await createWaiting(app)
    await pass(app, user.id, 3 * DAY)
    await dies()
    await expect(announceRecoveries(ctx())).rejects.toThrow()
    await disarm()
    expect((await readRecoveryMail(app, user.id)).mail?.purpose).toBe('requested')
    await announceRecoveries(ctx())
    expect(await eventsOf(app, row.id)).toEqual(['auth.recovery.requested.v1', 'auth.recovery.due.v1'])
  })
})

describe.each([
  ['it is settled', () => trap('update of settled_at', 'auth.recovery')],
  ['the challenge is used up', () => trap('update of settled_at', 'auth.ticket')],
  ['the sessions are ended', () => trap('update of ended_at', 'auth.session')],
  ['the factors are gone', () => trap('delete', 'auth.recovery_code')],
  ['the audit log is written', () => trap('insert', 'auth.audit_entry')],
  ['the sessions are revoked', () => trap('insert', 'auth.revocation')],
  ['all of it is committed', () => trap('delete', 'auth.totp', 'with the commit')],
])('completing one, death before %s', (_, dies) => {
  it('leaves every factor and session, and is mended by the same link and challenge', async () => {
    const { user, email, refreshToken, completeToken } = await createDue(app)
    const challenge = await challengeOf(app, email)
    await dies()
    expect((await completeRecovery(app, completeToken, challenge)).status).toBeGreaterThanOrEqual(500)
    await disarm()
    expect(await factorsOf(app, user.id)).toEqual({ apps: 1, passkeys: 0, codes: 10 })
    expect(await entriesOf(app, user.id, 'recovery_completed')).toEqual([])
    expect((await refreshBy(app, refreshToken)).status).toBe(200)
    expect((await completeRecovery(app, completeToken, challenge)).status).toBe(200)
    expect(await factorsOf(app, user.id)).toEqual({ apps: 0, passkeys: 0, codes: 0 })
  })
})

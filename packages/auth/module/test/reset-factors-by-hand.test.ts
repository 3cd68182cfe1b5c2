import type { RunningModule } from '@lightpress/testing'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { resetFactorsByHand } from '../src/reset-factors-by-hand.ts'
import { allowance, auditOrigin, lockout } from '../src/schema.ts'
import { createGuarded, factorPaths } from './factor-support.ts'
import { readRecoveryMail } from './links.ts'
import { createWaiting, factorsOf, entriesOf, alertsOf } from './recovery-support.ts'
import { refreshBy } from './session-support.ts'
import { createBrowser, password, start, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }

beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())
afterEach(async () => {
  await ctx().db.delete(allowance)
  await ctx().db.delete(lockout)
})

const ctx = () => app.contextFor('auth') as unknown as AuthContext
const newBrowser = () => createBrowser(app.baseUrl)

describe('factors reset', () => {
  const reset = (...args: string[]) => resetFactorsByHand.run({ args }, ctx())

  it('takes the factors away by hand, says why in the audit log, and tells the person', async () => {
    const [person, bystander] = [await createWaiting(app), await createGuarded(app)]
    expect(await reset(person.email.toUpperCase(), 'showed', 'their passport')).toContain(person.email)
    expect(await factorsOf(app, person.user.id)).toEqual({ apps: 0, passkeys: 0, codes: 0 })
    expect((await factorsOf(app, bystander.user.id)).apps).toBe(1)
    expect((await refreshBy(app, person.refreshToken)).status).toBe(401)
    const [entry] = await entriesOf(app, person.user.id, 'recovery_completed')
    expect(entry).toMatchObject({ actorId: null })
    const [origin] = await ctx().db.select().from(auditOrigin).where(eq(auditOrigin.entryId, entry!.id))
    expect(origin?.note).toBe('showed their passport')
    expect(await alertsOf(app, person.user.id)).toContain('recovery_completed')
    expect((await readRecoveryMail(app, person.user.id)).mail).toBeNull()
    const signedIn = await newBrowser().post(factorPaths.signIn, { email: person.email, password })
    expect(signedIn.body.accessToken).toBeDefined()
  })

  it.each([[], ['nonsense', 'why'], ['a@example.com'], ['a@example.com', ' ']])(
    'refuses %j and says how it is called',
    async (...args) => {
      await expect(reset(...args)).rejects.toMatchObject({
        name: 'ConfigError',
        message: expect.stringMatching(/^Usage: factors reset /) as string,
      })
    },
  )

  it('says that nobody has an address', async () => {
    await expect(reset('nobody@example.com', 'why')).rejects.toThrow('Nobody has the address nobody@example.com.')
  })
})

import type { Credentials, Passkey } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import type { RunningModule } from '@lightpress/testing'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEntry, passkey, recoveryCode } from '../src/schema.ts'
import { createAuthenticator } from './authenticator.ts'
import { addPasskey, newPerson, newPersonWithPasskey, passkeyPaths, said } from './passkey-support.ts'
import { password, start, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }
beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())

const pathOf = (id: string) => `${passkeyPaths.passkeys}/${id}`

describe('a passkey', () => {
  it('can be renamed, and is listed by that name', async () => {
    const { browser, passkey } = await newPersonWithPasskey(app)
    const { status, body } = await browser.patch<Passkey>(pathOf(passkey.id), { name: '  Blue key ' })
    expect(status).toBe(200)
    expect(body).toEqual({ ...passkey, name: 'Blue key' })
    const credentials = await browser.get<Credentials>('/v1/auth/credentials')
    expect(credentials.body.passkeys).toEqual([body])
  })

  it('of somebody else cannot be renamed, nor one that there is not', async () => {
    const { browser } = await newPerson(app)
    const owner = await newPersonWithPasskey(app)
    for (const id of [owner.passkey.id, newId()])
      expect(said(await browser.patch(pathOf(id), { name: 'Mine' }))).toBe('404 auth.passkey_not_found')
    const { body } = await owner.browser.get<Credentials>('/v1/auth/credentials')
    expect(body.passkeys).toMatchObject([{ name: 'Passkey' }])
  })

  it('can be taken away, once for all, and that is told', async () => {
    const { browser, passkey, userId } = await newPersonWithPasskey(app)
    for (let again = 0; again < 2; again++) {
      const { status, body } = await browser.delete(pathOf(passkey.id))
      expect({ status, body }).toEqual({ status: 200, body: { status: 'removed' } })
    }
    const { db } = app.contextFor('auth')
    const removed = and(eq(auditEntry.userId, userId), eq(auditEntry.action, 'passkey_removed'))
    const entries = await db.select().from(auditEntry).where(removed)
    expect(entries).toHaveLength(1)
    const told = (await app.outbox()).map(({ payload }) => payload)
    expect(told).toContainEqual({ auditEntryId: entries[0]!.id, userId })
  })

  it('of somebody else cannot be taken away, which the answer does not tell', async () => {
    const { browser } = await newPerson(app)
    const owner = await newPersonWithPasskey(app)
    const { status, body } = await browser.delete(pathOf(owner.passkey.id))
    expect({ status, body }).toEqual({ status: 200, body: { status: 'removed' } })
    const { db } = app.contextFor('auth')
    expect(await db.$count(passkey, eq(passkey.userId, owner.userId))).toBe(1)
    expect(await db.$count(auditEntry, eq(auditEntry.action, 'passkey_removed'))).toBe(1)
  })

  it('takes the recovery codes with it only when it was the last factor', async () => {
    const { browser, passkey, userId, email } = await newPersonWithPasskey(app)
    const { db } = app.contextFor('auth')
    const codes = () => db.$count(recoveryCode, eq(recoveryCode.userId, userId))
    const second = await addPasskey(app, browser, createAuthenticator())
    await browser.delete(pathOf(passkey.id))
    expect(await codes()).toBe(10)
    await browser.delete(pathOf(second.body.passkey.id))
    expect(await codes()).toBe(0)
    const alone = await browser.post('/v1/auth/sign-in', { email, password, mode: 'cookie' })
    expect(alone.body).not.toHaveProperty('mfaRequired')
    const { body } = await addPasskey(app, browser, createAuthenticator())
    expect(body.recoveryCodes).toHaveLength(10)
  })
})

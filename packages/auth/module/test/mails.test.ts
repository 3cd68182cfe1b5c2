import { auth as contract } from '@lightpress/auth-contract'
import type { RunningModule } from '@lightpress/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { mails, tryTake } from '../src/limits.ts'
import { networkOf } from '../src/normalise.ts'
import { passwordReset } from '../src/schema.ts'
import { createAccount, createBrowser, newEmail, password, registrationsOf, signUp, start } from './support.ts'

// Each on a database of its own, so that nobody else uses up what the network of the tests has.
let app: RunningModule

beforeEach(async () => {
  app = await start()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await app.close()
})

const ask = (email: string) =>
  createBrowser(app.baseUrl).post('/v1/auth/sign-up', { email, password, name: 'Ada Lovelace' })

async function mailsPromisedTo(email: string) {
  const ids = await registrationsOf(app, email)
  const rows = await app.outbox()
  return rows.filter(({ payload }) => ids.includes((payload as { registrationId: string }).registrationId)).length
}

describe('an address', () => {
  it('gets three mails of twelve sign-ups at once, which are all answered alike and all wait', async () => {
    const email = newEmail()
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask(email)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(12)
    expect(await registrationsOf(app, email)).toHaveLength(12)
    expect(await mailsPromisedTo(email)).toBe(3)
    const other = newEmail()
    await ask(other)
    expect(await mailsPromisedTo(other)).toBe(1)
  })

  it('that has an account gets as many, in the same silence', async () => {
    const { email } = await createAccount(app)
    const answers = []
    for (let time = 0; time < 5; time++) answers.push(await ask(email))
    const alike = { status: 201, body: { status: 'verification_sent' } }
    expect(answers).toMatchObject(Array.from({ length: 5 }, () => alike))
    expect(await mailsPromisedTo(email)).toBe(3)
  })
})

describe('a network', () => {
  it('that asked for too many is refused before any work, and told for how long', async () => {
    const { email } = await signUp(app, createBrowser(app.baseUrl))
    const ctx = app.contextFor('auth') as unknown as AuthContext
    const network = networkOf(new URL(app.baseUrl).hostname)
    const taken = await Promise.all(Array.from({ length: 105 }, () => tryTake(mails.network, network, ctx)))
    expect(taken.filter(Boolean)).toHaveLength(99)

    const hashing = vi.spyOn(ctx.passwords, 'hash')
    const late = newEmail()
    const { status, body, headers } = await ask(late)
    expect({ status, reason: body.reason }).toEqual({ status: 429, reason: 'auth.too_many_attempts' })
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(30)
    expect(hashing).not.toHaveBeenCalled()
    expect(await registrationsOf(app, late)).toEqual([])

    const nobody = app.as(contract)
    for (const askAgain of [nobody.resendVerification, nobody.forgotPassword])
      await expect(askAgain({ email })).rejects.toMatchObject({ code: 'limited', reason: 'auth.too_many_attempts' })
    expect(await ctx.db.$count(passwordReset)).toBe(0)
    expect(await mailsPromisedTo(email)).toBe(1)
  })
})

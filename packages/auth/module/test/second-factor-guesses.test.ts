import type { RunningModule } from '@lightpress/testing'
import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { allowance, lockout } from '../src/schema.ts'
import { beginSignIn, codeOf, createGuarded, endSignIn, forgetUse, wrongCodeOf } from './factor-support.ts'
import { askForReset } from './links.ts'
import { alertsOf, entriesOf } from './recovery-support.ts'
import { createBrowser, password, start, type Browser } from './support.ts'

let app: RunningModule
beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())
afterEach(async () => {
  const { db } = app.contextFor('auth')
  await db.delete(allowance)
  await db.delete(lockout)
})

const passwords = ['four quiet lanterns drift', 'nine silver gates at noon', 'six pale harbours asleep'] as const

async function toldOf(userId: string): Promise<number> {
  return (await alertsOf(app, userId)).filter((action) => action === 'second_factor_locked').length
}

/** A browser in which this password was chosen by the link of a mail. */
async function resetIn(email: string, words: string): Promise<Browser> {
  const browser = createBrowser(app.baseUrl)
  const { token } = await askForReset(app, email)
  expect((await browser.post('/v1/auth/password/reset', { token, password: words })).status).toBe(200)
  return browser
}

/** Gets as far as the second factor; answers what a guess at it is made with. */
async function signInIn(browser: Browser, email: string, words: string) {
  const { challenge } = (await beginSignIn(browser, email, { words })).body
  return (code: string) => endSignIn(browser, challenge, code)
}

it('whoever reads the mail has ten guesses at the second factor, however often they choose a password', async () => {
  const { email, secret } = await createGuarded(app)
  const statuses = []
  for (const words of passwords) {
    const guess = await signInIn(await resetIn(email, words), email, words)
    for (let count = 0; count < 5; count++) statuses.push((await guess(wrongCodeOf(secret))).status)
  }
  expect(statuses).toEqual([...Array<number>(10).fill(400), ...Array<number>(5).fill(429)])
})

it('the person is told of guesses that were locked, once an hour', async () => {
  const { email, secret, user } = await createGuarded(app)
  const guess = await signInIn(createBrowser(app.baseUrl), email, password)
  for (let count = 0; count < 13; count++) await guess(wrongCodeOf(secret))
  expect(await entriesOf(app, user.id, 'second_factor_locked')).toHaveLength(3)
  expect(await toldOf(user.id)).toBe(1)
  const { db } = app.contextFor('auth')
  await db.update(allowance).set({ freeAt: sql`${allowance.freeAt} - interval '1 hour'` })
  await guess(wrongCodeOf(secret))
  expect(await toldOf(user.id)).toBe(2)
})

it('whoever proves it after a reset is the owner, whose browser strangers lock out no more', async () => {
  const { email, secret, user } = await createGuarded(app)
  const browser = await resetIn(email, passwords[0])
  expect((await (await signInIn(browser, email, passwords[0]))(codeOf(secret))).status).toBe(200)
  await forgetUse(app, user.id)
  const stranger = await signInIn(createBrowser(app.baseUrl), email, passwords[0])
  for (let count = 0; count < 10; count++) await stranger(wrongCodeOf(secret))
  expect((await stranger(codeOf(secret))).status).toBe(429)
  expect((await (await signInIn(browser, email, passwords[0]))(codeOf(secret))).status).toBe(200)
})

import { registrationRequested } from '@lightpress/auth-contract'
import { kernelTables, newId } from '@lightpress/kernel'
import { readMails } from '@lightpress/mailbox'
import { until } from '@lightpress/testing'
import { eq, inArray, sql } from 'drizzle-orm'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { giveUp } from '../src/give-up.ts'
import { message } from '../src/schema.ts'
import { startNotifications, type App } from './support/app.ts'
import { startProvider } from './support/provider.ts'

let provider: Awaited<ReturnType<typeof startProvider>>
let app: App

beforeAll(async () => {
  provider = await startProvider()
})
afterAll(() => provider.stop())
afterEach(() => {
  provider.weather = () => undefined
  provider.faults.length = 0
})

describe('a message whose attempts all failed', () => {
  beforeAll(async () => {
    // Ten attempts are over soon.
    app = await startNotifications({ RESEND_BASE_URL: provider.url, RETRY_DELAY: '1' })
  })
  afterAll(() => app.close())

  it('has ten more, and goes on until it is sent, once', async () => {
    await provider.shut()
    const { messageId, email } = await register()
    await until(jobsOf(messageId), ([job]) => job?.state === 'dead')
    expect(await read(messageId)).toMatchObject({ status: 'pending', attempts: 10 })
    await provider.open()
    const { outbox } = kernelTables('notifications')
    await app.ctx.db
      .update(outbox)
      .set({ publishedAt: sql`${outbox.publishedAt} - interval '6 minutes'` })
      .where(eq(sql`${outbox.payload} ->> 'messageId'`, messageId))
    await until(
      () => read(messageId),
      (row) => row?.status === 'sent',
    )
    expect(await mailsTo(email)).toHaveLength(1)
    expect(await jobsOf(messageId)()).toMatchObject([{ state: 'done' }])
  }, 40_000)

  it('is given up, with the reason, before the provider forgets its key', async () => {
    await provider.shut()
    const { messageId, email } = await register()
    await until(jobsOf(messageId), ([job]) => job?.state === 'dead')
    const { error } = (await read(messageId)) as { error: string }
    await provider.open()

    await pass(messageId, '22 hours 59 minutes')
    await giveUp(app.ctx)
    expect(await read(messageId)).toMatchObject({ status: 'pending' })
    await pass(messageId, '2 minutes')
    await giveUp(app.ctx)
    expect(await read(messageId)).toMatchObject({ status: 'failed', error: `Not sent within 23 hours. ${error}` })
    expect(await mailsTo(email)).toEqual([])
  })

  it('that waited for quiet hours to end has its time after them', async () => {
    await provider.shut()
    const { messageId } = await register()
    await until(jobsOf(messageId), ([job]) => job?.state === 'dead')
    await provider.open()
    await pass(messageId, '30 hours')
    const setBack = (notBefore: string) =>
      app.ctx.db
        .update(message)
        .set({ notBefore: sql`now() - ${notBefore}::interval` })
        .where(eq(message.id, messageId))
    await setBack('22 hours')
    await giveUp(app.ctx)
    expect(await read(messageId)).toMatchObject({ status: 'pending' })
    await setBack('24 hours')
    await giveUp(app.ctx)
    expect(await read(messageId)).toMatchObject({ status: 'failed' })
  })
})

/** What a process sends at the same time: half of its connections to the database. */
const AT_ONCE = 5

describe('a provider', () => {
  beforeAll(async () => {
    // Ten attempts take half a minute and not eight: what is a minute elsewhere is two seconds here.
    app = await startNotifications({ RESEND_BASE_URL: provider.url, RETRY_DELAY: '60' })
  })
  afterAll(() => app.close())

  it('that is down for a while gets all mails when it is back, each once', async () => {
    await provider.shut()
    const all = await registerMany(40)
    await sleep(2_000)
    await provider.open()
    await allSent(all)
  }, 60_000)

  it('that is too busy is left alone by every process for as long as it says, and gets all mails then', async () => {
    const another = await app.startAnother()
    try {
      let refusedAt: number | undefined
      provider.weather = () => {
        if (refusedAt !== undefined && Date.now() >= refusedAt + 3_000) return undefined
        refusedAt ??= Date.now()
        const body = { statusCode: 429, name: 'rate_limit_exceeded', message: 'Too fast' }
        return { status: 429, body, headers: { 'retry-after': '3' } }
      }
      const before = provider.requests.length
      const all = await registerMany(40)
      await allSent(all)
      const asked = provider.requests.slice(before).map(({ at }) => at - (refusedAt as number))
      // Only what was on its way when the first was refused.
      expect(asked.filter((after) => after < 2_900).length).toBeLessThanOrEqual(2 * AT_ONCE)
      const rows = await app.ctx.db
        .select({ attempts: message.attempts })
        .from(message)
        .where(
          inArray(
            message.id,
            all.map(({ messageId }) => messageId),
          ),
        )
      expect(rows.every(({ attempts }) => attempts === 1)).toBe(true)
    } finally {
      await another.close()
    }
  }, 60_000)

  it('with a storm of faults gets all mails, each once, and is not stormed in turn', async () => {
    let storm = true
    provider.weather = () => (storm ? { status: 503, body: { message: 'Not now' } } : undefined)
    const before = provider.requests.length
    const all = await registerMany(40)
    await sleep(2_000)
    storm = false
    await allSent(all)
    expect(provider.requests.length - before).toBeLessThan(40 * 10)
  }, 60_000)
})

async function registerMany(count: number) {
  return Promise.all(Array.from({ length: count }, register))
}

async function register() {
  const registrationId = newId()
  const email = `${registrationId}@example.com`
  app.registrations.set(registrationId, { email, locale: 'en', purpose: 'verify', token: 'token' })
  const { id } = await app.deliver(registrationRequested, { registrationId })
  const [row] = await app.ctx.db.select().from(message).where(eq(message.eventId, id))
  return { messageId: row?.id as string, email }
}

async function allSent(all: { messageId: string; email: string }[]) {
  const ids = all.map(({ messageId }) => messageId)
  await until(
    () => app.ctx.db.select({ status: message.status }).from(message).where(inArray(message.id, ids)),
    (rows) => rows.every(({ status }) => status === 'sent'),
    { timeout: 40_000 },
  )
  const mails = await readMails(provider.mailbox)
  const counts = all.map(({ email }) => mails.filter(({ to }) => to.includes(email)).length)
  expect(counts.filter((count) => count !== 1)).toEqual([])
}

/** As if the message had been made, and queued, that much earlier. */
async function pass(messageId: string, time: string) {
  const earlier = { createdAt: sql`created_at - ${time}::interval`, queuedAt: sql`queued_at - ${time}::interval` }
  await app.ctx.db.update(message).set(earlier).where(eq(message.id, messageId))
}

async function read(messageId: string) {
  return (await app.ctx.db.select().from(message).where(eq(message.id, messageId)))[0]
}

async function mailsTo(email: string) {
  return (await readMails(provider.mailbox)).filter(({ to }) => to.includes(email))
}

/** The jobs that were to send it, and how they ended. */
function jobsOf(messageId: string) {
  const { outbox, inbox } = kernelTables('notifications')
  return () =>
    app.ctx.db
      .select({ id: outbox.id, state: inbox.state })
      .from(outbox)
      .leftJoin(inbox, eq(inbox.id, outbox.id))
      .where(eq(sql`${outbox.payload} ->> 'messageId'`, messageId))
}

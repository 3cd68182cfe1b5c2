import { registrationRequested } from '@lightpress/auth-contract'
import { kernelTables, newId } from '@lightpress/kernel'
import { readMails } from '@lightpress/mailbox'
import { until } from '@lightpress/testing'
import { and, eq, gt, inArray, sql, type SQL } from 'drizzle-orm'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { deliver } from '../src/deliver.ts'
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
  })

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

  it('has its 23 hours from its first try on, however long it waited for that', async () => {
    await provider.shut()
    const { messageId } = await register()
    await until(jobsOf(messageId), ([job]) => job?.state === 'dead')
    await provider.open()
    await app.ctx.db
      .update(message)
      .set({ createdAt: sql`now() - interval '5 days'` })
      .where(eq(message.id, messageId))
    await giveUp(app.ctx)
    expect(await read(messageId)).toMatchObject({ status: 'pending' })
  })
})

describe('after more than a day without a worker', () => {
  beforeAll(async () => {
    // Nothing runs but what a test runs itself.
    app = await startNotifications({ RESEND_BASE_URL: provider.url, ROLES: 'http' })
  })
  afterAll(() => app.close())

  it.each([
    ['whose first try was written down', { firstTriedAt: sql`now() - interval '25 hours'` }],
    ['of a version that did not write it down', { firstTriedAt: null, createdAt: sql`now() - interval '25 hours'` }],
  ])('a mail that may have been taken (%s) is not sent by its job, which comes before any give-up', async (_, then) => {
    const { messageId } = await promised({ attempts: 1, ...then })
    const before = provider.requests.length
    await deliver.run({ messageId }, app.ctx)
    expect(await read(messageId)).toMatchObject({ status: 'failed', error: 'Not sent within 23 hours' })
    expect(provider.requests).toHaveLength(before)
  })

  it('a mail that was never tried is sent: security notices, too', async () => {
    const person = app.addPerson()
    const alert = { template: 'security_alert', category: 'security', userId: person.id } as const
    const old = { createdAt: sql`now() - interval '10 days'` }
    const all = [
      await promised(old),
      { ...(await promised({ ...old, ...alert, data: { auditEntryId: app.addAlert(person) } })), email: person.email },
    ]
    await giveUp(app.ctx)
    for (const { messageId, email } of all) {
      await deliver.run({ messageId }, app.ctx)
      expect(await read(messageId)).toMatchObject({ status: 'sent', attempts: 1 })
      expect(await mailsTo(email)).toHaveLength(1)
    }
  })

  it('a mail that its provider was too busy for was never tried', async () => {
    const { messageId } = await promised({})
    const body = { statusCode: 429, name: 'rate_limit_exceeded', message: 'Too fast' }
    provider.faults.push({ status: 429, body })
    await deliver.run({ messageId }, app.ctx).catch(() => undefined)
    expect(await read(messageId)).toMatchObject({ status: 'pending', attempts: 0 })
    await app.ctx.db
      .update(message)
      .set({ firstTriedAt: sql`now() - interval '25 hours'` })
      .where(eq(message.id, messageId))
    await giveUp(app.ctx)
    await deliver.run({ messageId }, app.ctx)
    const row = await read(messageId)
    expect(row).toMatchObject({ status: 'sent', attempts: 1 })
    expect(Date.now() - (row?.firstTriedAt?.getTime() ?? 0)).toBeLessThan(60_000)
  })

  it('a mail that nobody tried for four weeks is given up: the log soon forgets what it says', async () => {
    const [young, old] = [
      await promised({ createdAt: sql`now() - interval '27 days'` }),
      await promised({ createdAt: sql`now() - interval '29 days'` }),
    ]
    await giveUp(app.ctx)
    expect(await read(young.messageId)).toMatchObject({ status: 'pending' })
    expect(await read(old.messageId)).toMatchObject({ status: 'failed', error: 'Not sent within four weeks' })
  })

  it('however many are too late, they are ended in batches', async () => {
    await app.ctx.db.execute(sql`
      insert into notifications.message (id, event_id, template, data, attempts, first_tried_at)
      select gen_random_uuid(), gen_random_uuid(), 'magic_link', '{}', 1, now() - interval '24 hours'
      from generate_series(1, 2500)`)
    const update = vi.spyOn(app.ctx.db, 'update')
    await giveUp(app.ctx)
    expect(update).toHaveBeenCalledTimes(3)
    update.mockRestore()
    expect(await app.ctx.db.$count(message, and(eq(message.status, 'pending'), gt(message.attempts, 0)))).toBe(0)
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
  })

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
  })

  it('with a storm of faults gets all mails, each once, and is not stormed in turn', async () => {
    let storm = true
    provider.weather = () => (storm ? { status: 503, body: { message: 'Not now' } } : undefined)
    const before = provider.requests.length
    const all = await registerMany(40)
    await sleep(2_000)
    storm = false
    await allSent(all)
    expect(provider.requests.length - before).toBeLessThan(40 * 10)
  })
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

/** A message without a job. */
async function promised(values: { [K in keyof typeof message.$inferInsert]?: (typeof message.$inferInsert)[K] | SQL }) {
  const [messageId, registrationId] = [newId(), newId()]
  const email = `${registrationId}@example.com`
  app.registrations.set(registrationId, { email, locale: 'en', purpose: 'verify', token: 'token' })
  const registration = { id: messageId, eventId: newId(), template: 'registration' as const, registrationId, data: {} }
  await app.ctx.db.insert(message).values({ ...registration, ...values } as typeof message.$inferInsert)
  return { messageId, email }
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

/** As if the message had been made, and tried, that much earlier. */
async function pass(messageId: string, time: string) {
  const earlier = {
    createdAt: sql`created_at - ${time}::interval`,
    firstTriedAt: sql`first_tried_at - ${time}::interval`,
  }
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

import { registrationRequested } from '@lightpress/auth-contract'
import { kernelTables, newId } from '@lightpress/kernel'
import { readMails } from '@lightpress/mailbox'
import { until } from '@lightpress/testing'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { deliverAgain } from '../src/deliver-again.ts'
import { message } from '../src/schema.ts'
import { startNotifications, type App } from './support/app.ts'
import { startProvider } from './support/provider.ts'

let provider: Awaited<ReturnType<typeof startProvider>>
let app: App

beforeAll(async () => {
  provider = await startProvider()
  // Ten attempts are over soon.
  app = await startNotifications({ RESEND_BASE_URL: provider.url, RETRY_DELAY: '1' })
})
afterAll(async () => {
  await app.close()
  await provider.stop()
})

describe('a message whose attempts all failed', () => {
  let messageId: string
  let email: string

  beforeEach(async () => {
    await provider.shut()
    const registrationId = newId()
    email = `${registrationId}@example.com`
    const person = { email, locale: 'en', purpose: 'verify' as const, token: 'token' }
    app.registrations.set(registrationId, person)
    const { id } = await app.deliver(registrationRequested, { registrationId })
    const [row] = await app.ctx.db.select().from(message).where(eq(message.eventId, id))
    messageId = row?.id as string
    await until(jobs, ([job]) => job?.state === 'dead')
    expect(await read()).toMatchObject({ status: 'pending', attempts: 10 })
    await provider.open()
  })

  it('is sent by a new job once it waited for a quarter of an hour, and by one only', async () => {
    await deliverAgain(app.ctx)
    expect(await jobs()).toHaveLength(1)

    await pass('16 minutes')
    await Promise.all([deliverAgain(app.ctx), deliverAgain(app.ctx)])
    expect(await jobs()).toHaveLength(2)
    expect(await until(read, (row) => row?.status !== 'pending')).toMatchObject({ status: 'sent', error: null })
    expect(await mails()).toHaveLength(1)

    await pass('16 minutes')
    await deliverAgain(app.ctx)
    expect(await jobs()).toHaveLength(2)
  })

  it('is given up, with the reason, before the provider forgets its key', async () => {
    const { error } = (await read()) as { error: string }
    await provider.shut()
    await pass('22 hours 59 minutes')
    await deliverAgain(app.ctx)
    await until(jobs, (all) => all.length === 2 && all.every(({ state }) => state === 'dead'))
    expect(await read()).toMatchObject({ status: 'pending', attempts: 20 })
    await provider.open()

    // Its last job may still run: nothing is decided behind its back.
    await pass('2 minutes')
    await deliverAgain(app.ctx)
    expect(await read()).toMatchObject({ status: 'pending' })

    await pass('14 minutes')
    await deliverAgain(app.ctx)
    expect(await read()).toMatchObject({ status: 'failed', error: `Not sent within 23 hours. ${error}` })
    expect(await jobs()).toHaveLength(2)
    expect(await mails()).toEqual([])
  })

  /** As if the message had been made, and queued, that much earlier. */
  async function pass(time: string) {
    const earlier = { createdAt: sql`created_at - ${time}::interval`, queuedAt: sql`queued_at - ${time}::interval` }
    await app.ctx.db.update(message).set(earlier).where(eq(message.id, messageId))
  }

  async function read() {
    return (await app.ctx.db.select().from(message).where(eq(message.id, messageId)))[0]
  }

  async function mails() {
    return (await readMails(provider.mailbox)).filter(({ to }) => to.includes(email))
  }

  /** The jobs that were to send it, and how they ended. */
  function jobs() {
    const { outbox, inbox } = kernelTables('notifications')
    return app.ctx.db
      .select({ id: outbox.id, state: inbox.state })
      .from(outbox)
      .leftJoin(inbox, eq(inbox.id, outbox.id))
      .where(eq(sql`${outbox.payload} ->> 'messageId'`, messageId))
  }
})

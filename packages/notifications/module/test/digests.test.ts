import { newId, type Tx } from '@lightpress/kernel'
import { readMails } from '@lightpress/mailbox'
import { notifications as contract } from '@lightpress/notifications-contract'
import { until } from '@lightpress/testing'
import { membershipChanged, timeZoneChanged } from '@lightpress/users-contract'
import { and, asc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NotificationsContext } from '../src/context.ts'
import { sendDigests } from '../src/digests.ts'
import { nextDigestAt } from '../src/local-time.ts'
import { notify } from '../src/notify.ts'
import { digest, digestItem, message } from '../src/schema.ts'
import { startNotifications, type App, type Person } from './support/app.ts'
import { startProvider } from './support/provider.ts'

let provider: Awaited<ReturnType<typeof startProvider>>
let app: App
beforeAll(async () => {
  provider = await startProvider()
  app = await startNotifications({ RESEND_BASE_URL: provider.url, RESEND_RATE: '1000' })
})
afterAll(async () => {
  await app.close()
  await provider.stop()
})

const plan = { frequency: 'daily', hour: 8, weekday: 1 } as const

const mailsTo = async ({ email }: Person) => (await readMails(provider.mailbox)).filter(({ to }) => to.includes(email))

function noticeTo({ id, locale, timeZone }: Person, title: string, category: 'account' | 'billing' = 'account') {
  return { to: { id, locale, timeZone }, category, text: { title, body: `${title}.` }, link: '/organization' }
}

/** Tells a person something that their digest gathers. */
async function tell(person: Person, title: string, category?: 'account' | 'billing') {
  const notices = [noticeTo(person, title, category)]
  await app.ctx.withTx((tx) => notify(tx, { eventId: newId(), notices }, app.ctx))
}

async function windowsOf({ id }: Person) {
  return app.ctx.db.select().from(digest).where(eq(digest.userId, id)).orderBy(asc(digest.windowEnd))
}

const digestsTo = ({ id }: Person) =>
  app.ctx.db
    .select()
    .from(message)
    .where(and(eq(message.userId, id), eq(message.template, 'digest')))

/** Time passes until the open window of a person is over. */
async function waitUntilDue({ id }: Person) {
  await app.ctx.db
    .update(digest)
    .set({ windowEnd: sql`now() - interval '1 minute'` })
    .where(and(eq(digest.userId, id), isNull(digest.closedAt)))
}

async function settled(person: Person) {
  return until(
    () => digestsTo(person),
    (rows) => rows.length > 0 && rows.every(({ status }) => status !== 'pending'),
  )
}

describe('a digest', () => {
  it('tells once what came until its window ended, grouped, in the language and the zone of its reader', async () => {
    const ada = app.addPerson({ locale: 'de', timeZone: 'Europe/Berlin' })
    await app.inboxOf(ada.id).updatePreferences({
      categories: { billing: { inbox: 'instant', email: 'digest' } },
      quietHours: null,
      digest: plan,
    })
    await tell(ada, 'Eins')
    await tell(ada, 'Zwei', 'billing')
    const [window, ...more] = await windowsOf(ada)
    expect(more).toEqual([])
    expect(window).toMatchObject({ closedAt: null })
    const { nextDigestAt } = await app.inboxOf(ada.id).getPreferences()
    expect(window?.windowEnd.toISOString()).toBe(nextDigestAt)

    await sendDigests(app.ctx)
    expect(await digestsTo(ada)).toEqual([])
    await waitUntilDue(ada)
    await sendDigests(app.ctx)
    await sendDigests(app.ctx)
    expect(await settled(ada)).toMatchObject([{ status: 'sent', recipient: ada.email, category: null }])
    const [mail, ...others] = await mailsTo(ada)
    expect(others).toEqual([])
    expect(mail?.subject).toBe('2 Neuigkeiten für Sie')
    expect(mail?.text).toMatch(
      /Konto\n\nEins\nEins\.\n[^\n]* · http:\/\/localhost:3000\/organization\n\nAbrechnung\n\nZwei\n/,
    )
  })

  it('leaves out what was read meanwhile, and is none where all was', async () => {
    const [ada, eve] = [app.addPerson(), app.addPerson()]
    for (const person of [ada, eve]) {
      await tell(person, 'Read')
      const { items } = await app.inboxOf(person.id).listNotifications()
      await app.inboxOf(person.id).markRead({ id: items[0]?.id as string })
    }
    await tell(ada, 'Unread')
    await tell(ada, 'Archived')
    const { items } = await app.inboxOf(ada.id).listNotifications()
    await app.inboxOf(ada.id).archiveNotification({ id: items[0]?.id as string })
    for (const person of [ada, eve]) await waitUntilDue(person)
    await sendDigests(app.ctx)
    await settled(ada)
    const [mail] = await mailsTo(ada)
    expect(mail?.subject).toBe('1 update for you')
    expect(mail?.text).toContain('Unread\n')
    expect(await digestsTo(eve)).toEqual([])
    expect(await windowsOf(eve)).toMatchObject([{ closedAt: expect.any(Date) as Date }])
  })

  it('read after its window was closed is not sent', async () => {
    const ada = app.addPerson()
    await tell(ada, 'One')
    await waitUntilDue(ada)
    await provider.shut()
    await sendDigests(app.ctx)
    await until(
      () => digestsTo(ada),
      ([row]) => row?.error !== null,
    )
    await app.inboxOf(ada.id).markAllRead({})
    expect(await settled(ada)).toMatchObject([{ status: 'suppressed' }])
    await provider.open()
    expect(await mailsTo(ada)).toEqual([])
  })

  it('has nothing of a category that was switched off, and all of one that comes at once from now on', async () => {
    const [ada, eve] = [app.addPerson(), app.addPerson()]
    for (const person of [ada, eve]) await tell(person, 'One')
    const change = (email: 'off' | 'instant') => ({
      categories: { account: { inbox: 'instant' as const, email } },
      quietHours: null,
      digest: plan,
    })
    await app.inboxOf(ada.id).updatePreferences(change('off'))
    await app.inboxOf(eve.id).updatePreferences(change('instant'))
    for (const person of [ada, eve]) await waitUntilDue(person)
    await sendDigests(app.ctx)
    expect(await digestsTo(ada)).toEqual([])
    expect(await digestsTo(eve)).toHaveLength(1)
  })

  it('tells in the next one what came after its window', async () => {
    const ada = app.addPerson()
    await tell(ada, 'First')
    await waitUntilDue(ada)
    await sendDigests(app.ctx)
    await tell(ada, 'Second')
    expect(await windowsOf(ada)).toHaveLength(2)
    await waitUntilDue(ada)
    await sendDigests(app.ctx)
    await until(
      () => mailsTo(ada),
      (mails) => mails.length === 2,
    )
    const texts = (await mailsTo(ada)).map(({ text }) => text ?? '')
    for (const title of ['First\n', 'Second\n']) expect(texts.filter((text) => text.includes(title))).toHaveLength(1)
  })

  it('says no more of whoever is erased', async () => {
    const [ada, eve, olu] = [app.addPerson(), app.addPerson({ name: 'Eve' }), app.addPerson({ name: 'Olu' })]
    const organizationId = app.addOrganization([ada])
    for (const { id } of [eve, olu])
      await app.deliver(membershipChanged, {
        organizationId,
        userId: id,
        change: 'joined',
        role: 'member',
        actorId: id,
      })
    const { eraseData } = app.callAs('users', contract)
    await eraseData({ subject: { kind: 'person', id: eve.id }, erasureId: newId(), batch: 0 })
    await waitUntilDue(ada)
    await sendDigests(app.ctx)
    await settled(ada)
    const [mail] = await mailsTo(ada)
    expect(mail?.text).toContain('Olu joined')
    expect(mail?.text).not.toContain('Eve')
  })
})

describe('a window', () => {
  it('is sent once, however many close it at a time', async () => {
    const people = Array.from({ length: 20 }, () => app.addPerson())
    for (const person of people) {
      await tell(person, 'One')
      await waitUntilDue(person)
    }
    const other = await app.startAnother()
    const others = other.contextFor('notifications') as unknown as NotificationsContext
    await Promise.all([sendDigests(app.ctx), sendDigests(others), sendDigests(app.ctx), sendDigests(others)])
    await other.close()
    for (const person of people) {
      expect(await settled(person)).toMatchObject([{ status: 'sent' }])
      expect(await mailsTo(person)).toHaveLength(1)
    }
  })

  it('is there once, by the database itself', async () => {
    const ada = app.addPerson()
    await tell(ada, 'One')
    const [window] = await windowsOf(ada)
    const same = { id: newId(), userId: ada.id, windowEnd: window?.windowEnd as Date, closedAt: new Date() }
    await expect(app.ctx.db.insert(digest).values(same)).rejects.toMatchObject({
      cause: { constraint: 'digest_window' },
    })
  })

  it('whose closing is cut off at any step is closed later, once, with all that is in it', async () => {
    const ada = app.addPerson()
    await tell(ada, 'One')
    await waitUntilDue(ada)
    let steps: number
    for (let cutAt = 1; ; cutAt += 1) {
      steps = await sendCutOff(cutAt)
      if (steps < cutAt) break
      expect(await digestsTo(ada)).toEqual([])
      expect(await windowsOf(ada)).toMatchObject([{ closedAt: null }])
    }
    // Closing, reading what is in it, the message, its job: each was cut off.
    expect(steps).toBeGreaterThanOrEqual(5)
    await settled(ada)
    await sendDigests(app.ctx)
    const mails = await mailsTo(ada)
    expect(mails).toHaveLength(1)
    expect(mails[0]?.text).toContain('One\n')
  })

  it('that cannot be closed keeps no other open', async () => {
    const [ada, eve] = [app.addPerson(), app.addPerson()]
    for (const person of [ada, eve]) {
      await tell(person, 'One')
      await waitUntilDue(person)
    }
    let first = true
    const withTx: NotificationsContext['withTx'] = (fn) => {
      if (!first) return app.ctx.withTx(fn)
      first = false
      return Promise.reject(new Error('not this one'))
    }
    await sendDigests({ ...app.ctx, log: app.ctx.log, withTx })
    const sent = [await digestsTo(ada), await digestsTo(eve)].map(({ length }) => length)
    expect(sent.toSorted()).toEqual([0, 1])
    await sendDigests(app.ctx)
    for (const person of [ada, eve]) expect(await digestsTo(person)).toHaveLength(1)
  })

  it('waits to be closed until what is being put into it is there', async () => {
    const ada = app.addPerson()
    await tell(ada, 'One')
    await waitUntilDue(ada)
    const [inside, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const telling = app.ctx.withTx(async (tx) => {
      await notify(tx, { eventId: newId(), notices: [noticeTo(ada, 'Late')] }, app.ctx)
      inside.resolve()
      await goOn.promise
    })
    await inside.promise
    const sending = sendDigests(app.ctx)
    await sleep(300)
    expect(await windowsOf(ada)).toMatchObject([{ closedAt: null }])
    goOn.resolve()
    await Promise.all([telling, sending])
    await settled(ada)
    expect((await mailsTo(ada))[0]?.text).toContain('Late\n')
  })

  it('that is being closed takes nothing any more: it waits for the next one', async () => {
    const ada = app.addPerson()
    await tell(ada, 'One')
    await waitUntilDue(ada)
    const [inside, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const withTx: NotificationsContext['withTx'] = (fn) =>
      app.ctx.withTx(async (tx) => {
        const result = await fn(tx)
        inside.resolve()
        await goOn.promise
        return result
      })
    const sending = sendDigests({ ...app.ctx, log: app.ctx.log, withTx })
    await inside.promise
    const telling = tell(ada, 'Late')
    await sleep(300)
    goOn.resolve()
    await Promise.all([telling, sending])
    const [closed, open] = await windowsOf(ada)
    expect([closed?.closedAt, open?.closedAt]).toEqual([expect.any(Date), null])
    expect(open?.windowEnd).toEqual(nextDigestAt(new Date(), plan, 'UTC'))
    const items = await app.ctx.db
      .select()
      .from(digestItem)
      .where(eq(digestItem.digestId, open?.id as string))
    expect(items).toMatchObject([{ title: 'Late' }])
  })

  it('that is closed by the time that something is put into it leaves that to the next one, and not to the one after', async () => {
    const ada = app.addPerson()
    await tell(ada, 'One')
    await waitUntilDue(ada)
    await app.ctx.withTx(async (tx) => {
      const insert = tx.insert.bind(tx)
      let isClosed = false
      /** Between finding that a window is open and holding it. */
      const close = async (written: unknown) => {
        await written
        if (isClosed) return
        isClosed = true
        await app.ctx.db
          .update(digest)
          .set({ closedAt: sql`now()` })
          .where(eq(digest.userId, ada.id))
      }
      Object.assign(tx, {
        insert: (table: typeof digest) =>
          table === digest
            ? {
                values: (row: typeof digest.$inferInsert) => ({
                  onConflictDoNothing: () => close(insert(digest).values(row).onConflictDoNothing()),
                }),
              }
            : insert(table),
      })
      await notify(tx, { eventId: newId(), notices: [noticeTo(ada, 'Late')] }, app.ctx)
    })
    const [closed, open, ...more] = await windowsOf(ada)
    expect(more).toEqual([])
    expect(closed?.closedAt).toEqual(expect.any(Date))
    expect(open).toMatchObject({ closedAt: null, windowEnd: nextDigestAt(new Date(), plan, 'UTC') })
  })

  it('is closed, however many are due: page after page', async () => {
    await app.ctx.db.execute(sql`
      insert into notifications.digest (id, user_id, window_end)
      select gen_random_uuid(), gen_random_uuid(), now() - interval '1 hour' - (n % 3) * interval '1 minute'
      from generate_series(1, 600) n`)
    await sendDigests(app.ctx)
    expect(await app.ctx.db.$count(digest, and(isNull(digest.closedAt), sql`window_end < now()`))).toBe(0)
    expect(await app.ctx.db.$count(digest, isNotNull(digest.closedAt))).toBeGreaterThanOrEqual(600)
  })

  it('takes what is told while it is being closed, or the next one does: nothing falls between them', async () => {
    const ada = app.addPerson()
    await tell(ada, 'One')
    await waitUntilDue(ada)
    await Promise.all([...Array.from({ length: 10 }, (_, n) => tell(ada, `More ${n}`)), sendDigests(app.ctx)])
    const windows = await windowsOf(ada)
    const next = nextDigestAt(new Date(), plan, 'UTC')
    for (const { closedAt, windowEnd } of windows) if (!closedAt) expect(windowEnd).toEqual(next)
    await waitUntilDue(ada)
    await sendDigests(app.ctx)
    await settled(ada)
    const mails = await mailsTo(ada)
    expect(mails).toHaveLength(windows.length)
    const titles = mails.flatMap(({ text }) => [...(text ?? '').matchAll(/^(One|More \d)$/gm)].map(([title]) => title))
    expect(titles.toSorted()).toEqual([
      'More 0',
      'More 1',
      'More 2',
      'More 3',
      'More 4',
      'More 5',
      'More 6',
      'More 7',
      'More 8',
      'More 9',
      'One',
    ])
  })

  it('ends at another time when its person chooses one, or is elsewhere', async () => {
    const ada = app.addPerson()
    await tell(ada, 'One')
    const end = async () => (await windowsOf(ada))[0]?.windowEnd.toISOString().slice(11)
    expect(await end()).toBe('08:00:00.000Z')
    await app.inboxOf(ada.id).updatePreferences({ categories: {}, quietHours: null, digest: { ...plan, hour: 17 } })
    expect(await end()).toBe('17:00:00.000Z')
    app.people.set(ada.id, { ...ada, timeZone: 'Asia/Kathmandu' })
    await app.deliver(timeZoneChanged, { userId: ada.id })
    expect(await end()).toBe('11:15:00.000Z')
    expect(await windowsOf(ada)).toHaveLength(1)
  })

  it('that is over is not put off by another plan', async () => {
    const ada = app.addPerson()
    await tell(ada, 'One')
    await waitUntilDue(ada)
    await app.inboxOf(ada.id).updatePreferences({ categories: {}, quietHours: null, digest: { ...plan, hour: 17 } })
    await sendDigests(app.ctx)
    expect(await digestsTo(ada)).toHaveLength(1)
  })

  it('is not opened again by a process whose clock is behind', async () => {
    const ada = app.addPerson()
    await tell(ada, 'One')
    // Closed before it is over, by the clock of this process.
    await app.ctx.db
      .update(digest)
      .set({ closedAt: sql`now()` })
      .where(eq(digest.userId, ada.id))
    await tell(ada, 'Two')
    const [first, second, ...more] = await windowsOf(ada)
    expect(more).toEqual([])
    expect((second?.windowEnd.getTime() ?? 0) - (first?.windowEnd.getTime() ?? 0)).toBe(86_400_000)
    expect(await app.ctx.db.$count(digestItem, eq(digestItem.digestId, second?.id as string))).toBe(1)
  })
})

/** Closes windows with each transaction cut off at a step; gives how many steps were gone. */
async function sendCutOff(cutAt: number): Promise<number> {
  let steps = 0
  const step = () => {
    steps += 1
    if (steps === cutAt) throw new Error('cut off')
  }
  const withTx: NotificationsContext['withTx'] = (fn) =>
    app.ctx.withTx(async (tx) => {
      for (const name of ['select', 'insert', 'update'] as const) {
        const run = tx[name].bind(tx) as (...args: unknown[]) => unknown
        Object.assign(tx, {
          [name]: (...args: unknown[]) => {
            step()
            return run(...args)
          },
        } satisfies Partial<Record<keyof Tx, unknown>>)
      }
      const result = await fn(tx)
      step()
      return result
    })
  await sendDigests({ ...app.ctx, log: app.ctx.log, withTx })
  return steps
}

import { newId } from '@lightpress/kernel'
import type { Category } from '@lightpress/notifications-contract'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { notify } from '../src/notify.ts'
import { startNotifications, type App } from './support/app.ts'
import { listen } from './support/events.ts'

let app: App
beforeAll(async () => {
  app = await startNotifications()
})
afterAll(() => app.close())

type Show = 'inbox' | 'unread' | 'archive'

describe('the archive', () => {
  it('takes a notification out of the inbox, read, and gives it back', async () => {
    const { inbox, ids, shown } = await withNews('a', 'b', 'c')
    const archived = await inbox.archiveNotification({ id: ids.b })
    expect(archived.archivedAt).not.toBeNull()
    expect(archived.readAt).not.toBeNull()
    expect(await inbox.archiveNotification({ id: ids.b })).toEqual(archived)
    expect(await shown('inbox')).toEqual(['c', 'a'])
    expect(await shown('unread')).toEqual(['c', 'a'])
    expect(await shown('archive')).toEqual(['b'])
    expect(await inbox.getUnreadCount()).toEqual({ count: 2 })

    const back = await inbox.restoreNotification({ id: ids.b })
    expect(back).toEqual({ ...archived, archivedAt: null })
    expect(await inbox.restoreNotification({ id: ids.b })).toEqual(back)
    expect(await shown('inbox')).toEqual(['c', 'b', 'a'])
    expect(await shown('unread')).toEqual(['c', 'a'])
    expect(await shown('archive')).toEqual([])
  })

  it('gives back as unread what was put away so, and leaves what is not in it', async () => {
    const { inbox, ids } = await withNews('a')
    await inbox.archiveNotification({ id: ids.a })
    const back = await inbox.restoreNotification({ id: ids.a, unread: true })
    expect(back).toMatchObject({ readAt: null, archivedAt: null })
    const { readAt } = await inbox.markRead({ id: ids.a })
    expect(await inbox.restoreNotification({ id: ids.a, unread: true })).toMatchObject({ readAt })
  })

  it('keeps the time at which something was read before', async () => {
    const { inbox, ids } = await withNews('a')
    const { readAt } = await inbox.markRead({ id: ids.a })
    expect(await inbox.archiveNotification({ id: ids.a })).toMatchObject({ readAt })
  })

  it('pages newest first to its end', async () => {
    const { inbox, ids, shown } = await withNews('a', 'b', 'c', 'd', 'e')
    for (const title of ['a', 'c', 'e'] as const) await inbox.archiveNotification({ id: ids[title] })
    const first = await inbox.listNotifications({ show: 'archive', limit: 2 })
    const rest = await inbox.listNotifications({ show: 'archive', limit: 2, cursor: first.nextCursor ?? '' })
    expect([first, rest].map(({ items }) => items.map(({ title }) => title))).toEqual([['e', 'c'], ['a']])
    expect(rest.nextCursor).toBeNull()
    expect(await shown('inbox')).toEqual(['d', 'b'])
  })

  it("is of the person's own; another's notifications do not exist", async () => {
    const { ids } = await withNews('a')
    const stranger = app.inboxOf(newId())
    const gone = { code: 'not_found', reason: 'notifications.not_found' }
    await expect(stranger.archiveNotification({ id: ids.a })).rejects.toMatchObject(gone)
    await expect(stranger.restoreNotification({ id: ids.a })).rejects.toMatchObject(gone)
    await expect(stranger.markUnread({ id: ids.a })).rejects.toMatchObject(gone)
  })
})

describe('reading', () => {
  it('can be undone, but not in the archive', async () => {
    const { inbox, ids, shown } = await withNews('a')
    await inbox.markRead({ id: ids.a })
    expect(await inbox.markUnread({ id: ids.a })).toMatchObject({ readAt: null })
    expect(await inbox.markUnread({ id: ids.a })).toMatchObject({ readAt: null })
    expect(await shown('unread')).toEqual(['a'])
    await inbox.archiveNotification({ id: ids.a })
    expect((await inbox.markUnread({ id: ids.a })).readAt).not.toBeNull()
    expect(await inbox.getUnreadCount()).toEqual({ count: 0 })
  })

  it('all of them leaves what came after they were seen', async () => {
    const { inbox, shown } = await withNews('a', 'b', 'c')
    const { items } = await inbox.listNotifications()
    expect(await inbox.markAllRead({ upTo: items[1]?.sequence as number })).toEqual({ count: 1 })
    expect(await shown('unread')).toEqual(['c'])
    expect(await inbox.markAllRead({ upTo: 0 })).toEqual({ count: 1 })
    expect(await inbox.markAllRead()).toEqual({ count: 0 })
  })

  it('and archiving is told to the other tabs as a count', async () => {
    const { inbox, ids, userId } = await withNews('a', 'b')
    const tab = await listen(app.baseUrl, { token: app.token({ userId }) })
    await tab.until(() => tab.unread().length === 1)
    await inbox.archiveNotification({ id: ids.a })
    await tab.until(() => tab.unread().at(-1) === 1)
    await inbox.markRead({ id: ids.b })
    await tab.until(() => tab.unread().at(-1) === 0)
    await inbox.markUnread({ id: ids.b })
    await tab.until(() => tab.unread().at(-1) === 1)
    await tab.close()
  })

  it('is over before somebody archives: the other tabs are told all the same', async () => {
    const { inbox, ids, userId } = await withNews('a', 'b')
    await inbox.markRead({ id: ids.a })
    const tab = await listen(app.baseUrl, { token: app.token({ userId }) })
    await tab.until(() => tab.unread().length > 0)
    for (const change of [inbox.archiveNotification, inbox.restoreNotification]) {
      const before = tab.unread().length
      await change({ id: ids.a })
      await tab.until(() => tab.unread().length > before)
      expect(tab.unread().at(-1)).toBe(1)
    }
    await tab.close()
  })
})

describe('the list', () => {
  it('shows one category, in the inbox and in the archive', async () => {
    const userId = newId()
    const inbox = app.inboxOf(userId)
    await tell(userId, 'billing', 'b1', 'b2')
    await tell(userId, 'account', 'a1')
    const ofBilling = async (show: Show) =>
      (await inbox.listNotifications({ show, category: 'billing' })).items.map(({ title }) => title)
    expect(await ofBilling('inbox')).toEqual(['b2', 'b1'])
    const { items } = await inbox.listNotifications({ category: 'billing' })
    await inbox.archiveNotification({ id: items[0]?.id as string })
    expect(await ofBilling('inbox')).toEqual(['b1'])
    expect(await ofBilling('unread')).toEqual(['b1'])
    expect(await ofBilling('archive')).toEqual(['b2'])
  })

  it('is read by an index, whatever is shown', async () => {
    const userId = newId()
    await app.ctx.db.execute(sql`
      insert into notifications.notification (id, user_id, sequence, category, title, body, event_id, read_at, archived_at)
      select gen_random_uuid(), case when n % 100 = 0 then ${userId}::uuid else gen_random_uuid() end, n, 'product', 't', 'b',
        gen_random_uuid(), case when n % 2 = 0 then now() end, case when n % 4 = 0 then now() end
      from generate_series(1, 30000) n`)
    const shown = ['archived_at is null', 'read_at is null', 'archived_at is not null', "category = 'product'"]
    for (const which of shown) {
      const { rows } = await app.ctx.db.execute(
        sql`explain select * from notifications.notification
          where user_id = ${userId} and ${sql.raw(which)} and sequence < 99999 order by sequence desc limit 21`,
      )
      expect(JSON.stringify(rows)).not.toMatch(/Seq Scan|Sort/)
    }
  })
})

/** A person with notifications of these titles; the first is the oldest. */
async function withNews<T extends string>(...titles: T[]) {
  const userId = newId()
  const inbox = app.inboxOf(userId)
  await app.tell(userId, ...titles)
  const { items } = await inbox.listNotifications()
  return {
    userId,
    inbox,
    ids: Object.fromEntries(items.map(({ title, id }) => [title, id])) as Record<T, string>,
    shown: async (show: Show) => (await inbox.listNotifications({ show })).items.map(({ title }) => title),
  }
}

async function tell(userId: string, category: Category, ...titles: string[]) {
  const to = { id: userId, locale: 'en' as const, timeZone: 'UTC' }
  for (const title of titles) {
    const notices = [{ to, category, text: { title, body: 'Body' }, link: null, mail: null }]
    await app.ctx.withTx((tx) => notify(tx, { eventId: newId(), notices }, app.ctx))
  }
}

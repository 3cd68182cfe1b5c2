import { newId } from '@lightpress/kernel'
import { notifications as contract } from '@lightpress/notifications-contract'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message, suppression } from '../src/schema.ts'
import { startNotifications, type App } from './support/app.ts'

let app: App
beforeAll(async () => {
  app = await startNotifications({ ROLES: 'http' })
})
afterAll(() => app.close())

const operator = () => app.as(contract, { operator: true })

describe('the delivery log', () => {
  it('says what was sent to whom, why and what became of it', async () => {
    const [eventId, userId] = [newId(), newId()]
    const id = await log({
      eventId,
      userId,
      requestId: 'request-1',
      recipient: 'Ada@example.com',
      category: 'security',
      attempts: 2,
      outcome: 'delivered',
      sentAt: new Date('2026-11-20T12:00:00Z'),
    })
    const { items } = await operator().adminListMessages({ userId })
    expect(items).toMatchObject([
      {
        id,
        eventId,
        requestId: 'request-1',
        template: 'magic_link',
        category: 'security',
        recipient: 'Ada@example.com',
        status: 'sent',
        outcome: 'delivered',
        attempts: 2,
        notBefore: null,
        sentAt: '2026-11-20T12:00:00.000Z',
      },
    ])
  })

  it('is newest first and pages to its end, whatever is looked for', async () => {
    const organizationId = newId()
    const ids: string[] = []
    for (let index = 0; index < 5; index++) ids.unshift(await log({ organizationId, status: 'failed' }))
    const search = { organizationId, status: 'failed' as const, template: 'magic_link', limit: 2 }
    const first = await operator().adminListMessages(search)
    const second = await operator().adminListMessages({ ...search, cursor: first.nextCursor ?? '' })
    const third = await operator().adminListMessages({ ...search, cursor: second.nextCursor ?? '' })
    expect([first, second, third].flatMap(({ items }) => items.map(({ id }) => id))).toEqual(ids)
    expect(third.nextCursor).toBeNull()
  })

  it('finds an address however it is written, and nothing of a template that there is not', async () => {
    const id = await log({ recipient: 'Grace@Example.com' })
    expect((await operator().adminListMessages({ recipient: 'grace@example.com' })).items).toMatchObject([{ id }])
    expect((await operator().adminListMessages({ template: 'nonsense' })).items).toEqual([])
  })

  it('is for operators', async () => {
    const member = app.as(contract, { role: 'owner' })
    for (const ask of [() => member.adminListMessages(), () => member.adminListSuppressions()])
      await expect(ask()).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('is read by an index, however long it is', async () => {
    const [userId, organizationId] = [newId(), newId()]
    await app.ctx.db.execute(sql`
      insert into notifications.message (id, event_id, template, data, status, user_id, organization_id, recipient)
      select gen_random_uuid(), gen_random_uuid(), 'receipt', '{}', 'sent', gen_random_uuid(), gen_random_uuid(), n || '@example.com'
      from generate_series(1, 30000) n`)
    await app.ctx.db.execute(sql`analyze notifications.message`).catch(() => undefined)
    const searches = [
      sql`true`,
      sql`user_id = ${userId}`,
      sql`organization_id = ${organizationId}`,
      sql`status = 'failed'`,
      sql`template = 'trial_ending'`,
      sql`lower(recipient) = 'nobody@example.com'`,
    ]
    for (const search of searches) {
      const { rows } = await app.ctx.db.execute(
        sql`explain select * from notifications.message where ${search} and id < ${newId()} order by id desc limit 51`,
      )
      expect(JSON.stringify(rows)).not.toContain('Seq Scan')
    }
  })
})

describe('the addresses that are not written to', () => {
  it('are listed newest first, found by address, and lifted once', async () => {
    const first = await suppress('One@example.com')
    const second = await suppress('two@example.com')
    const all = await operator().adminListSuppressions({ limit: 1 })
    expect(all.items).toMatchObject([{ id: second, reason: 'bounced', detail: 'no such mailbox' }])
    const next = await operator().adminListSuppressions({ limit: 1, cursor: all.nextCursor ?? '' })
    expect(next).toMatchObject({ items: [{ id: first }], nextCursor: null })
    expect((await operator().adminListSuppressions({ address: ' ONE@example.com' })).items).toMatchObject([
      { id: first },
    ])
    await operator().adminLiftSuppression({ id: first })
    expect(await app.ctx.db.$count(suppression, eq(suppression.id, first))).toBe(0)
    await expect(operator().adminLiftSuppression({ id: first })).rejects.toMatchObject({
      reason: 'notifications.suppression_not_found',
    })
  })
})

async function log(changes: Partial<typeof message.$inferInsert>): Promise<string> {
  const id = newId()
  await app.ctx.db
    .insert(message)
    .values({ id, eventId: newId(), template: 'magic_link', data: {}, status: 'sent', ...changes })
  return id
}

async function suppress(address: string): Promise<string> {
  const id = newId()
  const row = { id, address: address.toLowerCase(), reason: 'bounced' as const, detail: 'no such mailbox' }
  await app.ctx.db.insert(suppression).values(row)
  return id
}

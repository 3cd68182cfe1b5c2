import { securityAlerted } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import { notifications as contract } from '@lightpress/notifications-contract'
import { AppError, type TrailItem } from '@lightpress/protocol'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sendDigests } from '../src/digests.ts'
import { notify } from '../src/notify.ts'
import { digest, message } from '../src/schema.ts'
import { startNotifications, type App, type Person } from './support/app.ts'
import { happened, trailOf } from './support/neighbours-trail.ts'

const userId = newId()
/** Of every second, one in each module; in the last, all of them at once. */
const moments = Array.from({ length: 9 }, (_, second) => `2026-01-01T00:00:0${second}.000000Z`)
const everything: TrailItem[] = ['auth', 'users', 'billing'].flatMap((module) => [
  ...moments.map((at) => happened(module, at, { userId })),
  happened(module, '2026-01-01T00:00:09.000000Z', { userId }),
])
const of = (module: string) => trailOf(everything.filter((item) => item.module === module))

let app: App
beforeAll(async () => {
  app = await startNotifications({}, { auth: of('auth'), users: of('users'), billing: of('billing') })
})
afterAll(() => app.close())

const operator = () => app.as(contract, { operator: true })

const timelineOf = async (id: string) => (await operator().adminReadTimeline({ userId: id })).items

/** Tells a person something that their digest gathers; gives the event's id. */
async function tell({ id, locale, timeZone }: Person): Promise<string> {
  const eventId = newId()
  const to = { id, locale, timeZone }
  const notice = { to, category: 'account' as const, text: { title: 'News', body: 'News.' }, link: null }
  await app.ctx.withTx((tx) => notify(tx, { eventId, notices: [notice] }, app.ctx))
  return eventId
}

describe('the timeline', () => {
  it('is of all modules, newest first, and its pages have each thing once', async () => {
    const read: TrailItem[] = []
    let cursor: string | undefined
    do {
      const page = await operator().adminReadTimeline({ userId, limit: 4, ...(cursor !== undefined && { cursor }) })
      expect(page.missing).toEqual([])
      read.push(...page.items)
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    const order = (items: readonly TrailItem[]) => items.map(({ at, id }) => `${at} ${id}`)
    expect(order(read)).toEqual(order(everything).toSorted().toReversed())
  })

  it('leads from a request to the mail and the notice that came of it, by the event', async () => {
    const person = app.addPerson()
    const { id } = await app.deliver(securityAlerted, { auditEntryId: app.addAlert(person), userId: person.id })
    const { items } = await operator().adminReadTimeline({ requestId: id })
    const mail = items.find(({ kind }) => kind === 'message')
    const notice = items.find(({ kind }) => kind === 'notice')
    const about = { module: 'notifications', requestId: id, causeId: id, userId: person.id }
    expect(mail).toMatchObject({ ...about, type: 'security_alert' })
    expect(notice).toMatchObject({ ...about, type: 'security' })
    expect(items.find(({ kind }) => kind === 'job')).toMatchObject({ type: 'deliver', requestId: id, causeId: id })
    expect(JSON.stringify(items)).not.toContain(person.email)
    const theirs = await operator().adminReadTimeline({ userId: person.id })
    expect(theirs.items.map((item) => item.id)).toEqual(expect.arrayContaining([mail?.id, notice?.id]))
  })

  it('leads from what is told in a digest to its mail, and from that back to the events', async () => {
    const [ada, eve] = [app.addPerson(), app.addPerson()]
    const told = await Promise.all([tell(ada), tell(ada)])
    await tell(eve)
    const gathered = async ({ id }: Person) => (await timelineOf(id)).filter(({ details }) => details.digestId)
    const waiting = await gathered(ada)
    expect(waiting.map(({ causeId }) => causeId).toSorted()).toEqual(told.toSorted())
    for (const item of waiting) expect(item).toMatchObject({ kind: 'notice', type: 'account', state: 'pending' })
    const { items } = await operator().adminReadTimeline({ requestId: waiting[0]?.requestId as string })
    expect(items.map(({ id }) => id)).toContain(waiting[0]?.id)

    await app.inboxOf(eve.id).markAllRead({})
    await app.ctx.db.update(digest).set({ windowEnd: sql`now() - interval '1 minute'` })
    await sendDigests(app.ctx)
    const mail = (await timelineOf(ada.id)).find(({ kind }) => kind === 'message')
    for (const item of await gathered(ada)) {
      expect(item.id).toMatch(`${mail?.causeId}:`)
      expect(item).toMatchObject({ state: mail?.state, details: { digestId: mail?.causeId, messageId: mail?.id } })
    }
    expect(await gathered(eve)).toMatchObject([{ state: 'cancelled' }])
  })

  it('says that a mail could not be sent, and not what the provider said of its reader', async () => {
    const person = app.addPerson()
    await app.deliver(securityAlerted, { auditEntryId: app.addAlert(person), userId: person.id })
    const said = async (state: Partial<typeof message.$inferInsert>) => {
      await app.ctx.db.update(message).set(state).where(eq(message.userId, person.id))
      return (await timelineOf(person.id)).find(({ kind }) => kind === 'message')
    }
    const error = `${person.email} does not exist`
    expect(await said({ status: 'failed', error })).toMatchObject({
      state: 'failed',
      error: 'Not sent: the log of e-mails says why.',
    })
    const ours = 'Not sent: mail to this address bounced.'
    expect(await said({ status: 'suppressed', error: ours })).toMatchObject({ error: ours })
  })

  it.each([{}, { userId, requestId: 'a-request' }, { userId, organizationId: newId() }])(
    'of nobody, or of two at once, is refused: %o',
    async (whom) => {
      await expect(operator().adminReadTimeline(whom)).rejects.toMatchObject({
        code: 'invalid',
        reason: 'notifications.timeline_of_nobody',
      })
    },
  )

  it('is for operators', async () => {
    await expect(app.as(contract, { operator: false }).adminReadTimeline({ userId })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})

describe('while a module is away and another one hangs', () => {
  const away = () => {
    throw new AppError('unavailable', 'seam.neighbour_unavailable', 'Away.')
  }
  const forever = () => new Promise(() => undefined)
  let lame: App
  beforeAll(async () => {
    lame = await startNotifications(
      {},
      {
        auth: of('auth'),
        users: { readTrail: away, readQueues: away },
        billing: { readTrail: forever, readQueues: forever },
      },
    )
  })
  afterAll(() => lame.close())

  it('the others are told of, and these are missing', async () => {
    const started = Date.now()
    const client = lame.as(contract, { operator: true })
    const [timeline, queues] = await Promise.all([client.adminReadTimeline({ userId }), client.adminListQueues()])
    expect(Date.now() - started).toBeLessThan(7_000)
    expect(new Set(timeline.items.map(({ module }) => module))).toEqual(new Set(['auth']))
    expect(timeline.missing.toSorted()).toEqual(['billing', 'users'])
    expect(queues.missing.toSorted()).toEqual(['auth', 'billing', 'users'])
    expect(new Set(queues.items.map(({ module }) => module))).toEqual(new Set(['notifications']))
  })
})

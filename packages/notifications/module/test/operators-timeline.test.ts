import { securityAlerted } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import { notifications as contract } from '@lightpress/notifications-contract'
import { AppError, type TrailItem } from '@lightpress/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startNotifications, type App } from './support/app.ts'
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
  }, 20_000)
})

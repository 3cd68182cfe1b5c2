// What an operator reads of a request, from its beginning to the mailbox, by one id, however the product runs.
import { requires } from '@lightpress/local'
import { createHttpClient, routesOf, type TrailItem } from '@lightpress/protocol'
import { users } from '@lightpress/users-contract'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeOrganization, userIdOf } from './support/organizations.ts'
import { mailTo, newPerson, pay, signIn, signUp, until, type Person } from './support/person.ts'
import { startStack, type Stack } from './support/stack.ts'

const topologies = [
  { name: 'in one process', topology: 'single', queue: 'postgres' },
  { name: 'in a process for each module', topology: 'split', queue: requires('redis-server') ? 'redis' : 'postgres' },
] as const

for (const { name, ...how } of topologies) {
  describe(`the timeline, ${name}`, { timeout: 90_000 }, () => {
    let stack: Stack
    let olga: Person
    let ada: Person
    beforeAll(async () => {
      stack = await startStack(how)
      ada = await signUp(stack, 'Ada Lovelace')
      olga = await operatorOf(stack)
    })
    afterAll(() => stack?.stop())

    const timelineOf = async (whom: { userId?: string; organizationId?: string; requestId?: string }) => {
      const { items, missing } = await olga.notifications.adminReadTimeline({ ...whom, limit: 100 })
      expect(missing).toEqual([])
      return items.toReversed()
    }

    it('leads from an invitation to its mail, by the id of the request', async () => {
      const { id: organizationId } = await makeOrganization(ada, 'Analytical Engines')
      const requestId = `invitation-${crypto.randomUUID()}`
      const grace = newPerson(stack, 'Grace Hopper')
      await withRequestId(stack, ada, requestId).inviteMember({
        id: organizationId,
        email: grace.email,
        role: 'member',
      })
      await mailTo(stack, grace.email)
      const trail = await until(
        () => timelineOf({ requestId }),
        (items) => items.some(({ kind, state }) => kind === 'message' && state === 'sent'),
      )
      const act = trail.find(({ kind }) => kind === 'audit')
      expect(act).toMatchObject({ module: 'users', actorId: userIdOf(ada), organizationId, causeId: null })
      const way = wayTo(trail, ({ kind }) => kind === 'message')
      expect(way.map(({ module, kind, type }) => [module, kind, type])).toEqual([
        ['users', 'event', 'users.invitation.sent.v1'],
        ['notifications', 'message', 'invitation'],
      ])
      expect(way[0]).toMatchObject({ operation: 'users.inviteMember', actorId: userIdOf(ada), causeId: null })
      for (const item of trail) expect(item.requestId).toBe(requestId)
      expect(trail.find(({ kind, type }) => kind === 'job' && type === 'deliver')).toMatchObject({
        module: 'notifications',
        causeId: idOf(way[0]),
        operation: 'users.inviteMember',
      })
      expect(JSON.stringify(trail)).not.toContain(grace.email)
      // Whoever looks at the organisation finds the request by what was done in it, and whoever looks at Ada the rest of it.
      expect(idsOf(await timelineOf({ organizationId }))).toContain(act?.id)
      expect(idsOf(await timelineOf({ userId: userIdOf(ada) }))).toEqual(expect.arrayContaining(idsOf([act, way[0]])))
    })

    it('leads from what Stripe told to the charge and its receipt', async () => {
      const { organizationId } = await ada.billing.getSubscription()
      const { url } = await ada.billing.startCheckout({ planId: 'pro', interval: 'month' })
      await pay(url)
      const charge = await until(
        async () => (await timelineOf({ organizationId })).find(({ kind }) => kind === 'charge'),
        (item) => item !== undefined,
      )
      expect(charge).toMatchObject({ module: 'billing', state: 'done', details: { total: '12.00 USD' } })
      const trail = await until(
        () => timelineOf({ requestId: charge?.requestId ?? '' }),
        (items) => items.some(({ kind, type }) => kind === 'message' && type === 'receipt'),
      )
      const way = wayTo(trail, ({ kind }) => kind === 'message')
      expect(way.map(({ type }) => type)).toEqual(['converge', 'billing.invoice.paid.v1', 'receipt'])
      expect(idsOf(wayTo(trail, ({ kind }) => kind === 'charge'))).toEqual(idsOf([way[0], charge]))
      // Whoever has the link of an invoice may see it and pay it.
      expect(JSON.stringify(trail)).not.toMatch(/https?:/)
    })

    it('is asked of every module there is', async () => {
      const { items, missing } = await olga.notifications.adminListQueues()
      expect(missing).toEqual([])
      if (how.topology === 'single') return
      const processes = stack.services.map((service) => service.name)
      expect([...new Set(items.map(({ module }) => module))].toSorted()).toEqual(processes.toSorted())
    })

    it('says what is missing while a module is away, and does not wait for it', async () => {
      if (how.topology === 'single') return
      await stack.kill('billing', 'SIGKILL')
      const started = Date.now()
      const { items, missing } = await olga.notifications.adminReadTimeline({ userId: userIdOf(ada) })
      expect(missing).toEqual(['billing'])
      expect(items.length).toBeGreaterThan(0)
      expect(Date.now() - started).toBeLessThan(8_000)
      await stack.restart('billing')
      await until(
        () => olga.notifications.adminReadTimeline({ userId: userIdOf(ada) }),
        (page) => page.missing.length === 0,
      )
    })
  })
}

/** Somebody who is made an operator behind everybody's back, and signs in as one. */
async function operatorOf(stack: Stack): Promise<Person> {
  const olga = await signUp(stack, 'Olga Operator')
  const database = new pg.Client({ connectionString: stack.databaseUrl })
  await database.connect()
  await database.query('update users.person set operator = true where email = $1', [olga.email])
  await database.end()
  await signIn(olga)
  return olga
}

function withRequestId({ url }: Stack, { accessToken }: Person, requestId: string) {
  const headers = () => ({ authorization: `Bearer ${accessToken}`, 'x-request-id': requestId })
  return createHttpClient<typeof users>(routesOf(users), { baseUrl: url, headers })
}

/** From what a request did itself over what that caused to an item that fits. */
function wayTo(trail: readonly TrailItem[], fits: (item: TrailItem) => boolean): TrailItem[] {
  const way: TrailItem[] = []
  let item = trail.find(fits)
  while (item) {
    way.unshift(item)
    const { causeId, module } = item
    item = trail.find(({ id }) => id === `${causeId}:${module}`)
  }
  return way
}

function idOf(item: TrailItem | undefined): string | undefined {
  return item?.id.split(':')[0]
}

function idsOf(items: readonly (TrailItem | undefined)[]): (string | undefined)[] {
  return items.map((item) => item?.id)
}

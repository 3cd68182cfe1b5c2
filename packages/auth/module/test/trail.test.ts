import { auth as contract } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import type { Input, TrailSubject } from '@lightpress/protocol'
import { createScanCheck, explain, until, type RunningModule } from '@lightpress/testing'
import { accessChanged } from '@lightpress/users-contract'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { paths } from './session-support.ts'
import { createAccount, createBrowser, password, start, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }
beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())

const page = { before: null, limit: 50 }

/** What is told of acts, newest first, as notifications asks for it. */
async function read(about: TrailSubject, more: Partial<Input<(typeof contract)['operations']['readTrail']>> = {}) {
  const { items } = await app.callAs('notifications', contract).readTrail({ about, ...page, ...more })
  return items.filter(({ kind }) => kind === 'audit')
}

const acts = async (about: TrailSubject) => (await read(about)).map(({ type }) => type)

describe('the trail of what people did', () => {
  it('is found by whom it is about, where it was, and the request that did it, and says no more than ids', async () => {
    const { email, user } = await createAccount(app)
    const browser = createBrowser(app.baseUrl)
    await browser.post(paths.signIn, { email, password: 'a wrong guess' })
    const { headers } = await browser.post(paths.signIn, { email, password })
    const requestId = headers.get('x-request-id') as string

    const whole = ['signed_in', 'sign_in_failed', 'account_created']
    expect(await acts({ kind: 'person', id: user.id })).toEqual(whole)
    // Nobody was signed in who guessed wrong.
    expect(await acts({ kind: 'organization', id: user.organizationId as string })).toEqual([
      'signed_in',
      'account_created',
    ])
    const [signedIn, ...others] = await read({ kind: 'request', id: requestId })
    expect(others).toEqual([])
    expect(signedIn).toMatchObject({
      ...{ module: 'auth', type: 'signed_in', state: 'done', requestId, causeId: null },
      ...{ actorId: user.id, userId: user.id, organizationId: user.organizationId },
      details: { method: 'password', sessionId: expect.any(String) as string },
    })
    const all = JSON.stringify(await read({ kind: 'person', id: user.id }))
    expect(all).not.toContain(email)
    expect(all).not.toContain('127.0.0.1')
  })

  it('goes on where a page ended', async () => {
    const { email, user } = await createAccount(app)
    for (let time = 0; time < 4; time++) await createBrowser(app.baseUrl).post(paths.signIn, { email, password })
    const about = { kind: 'person' as const, id: user.id }
    const all = await read(about)
    const [first] = all
    expect(all).toHaveLength(5)
    expect(await read(about, { before: { at: first?.at as string, id: first?.id as string } })).toEqual(all.slice(1))
    expect(await read(about, { limit: 2 })).toEqual(all.slice(0, 2))
  })

  it('leads from what an event did to the event', async () => {
    const { user } = await createAccount(app)
    const operatorId = newId()
    app.users.people.get(user.id)!.suspended = true
    const { id } = await app.deliver(accessChanged, { userId: user.id, change: 'suspended', actorId: operatorId })
    const suspended = await until(
      async () => (await read({ kind: 'person', id: user.id })).find(({ type }) => type === 'access_suspended'),
      (item) => item !== undefined,
    )
    expect(suspended).toMatchObject({ causeId: id, actorId: operatorId })
    expect(await acts({ kind: 'person', id: operatorId })).toEqual(['access_suspended'])
  })

  it('is read by indexes, however much was done', async () => {
    const ctx = app.contextFor('auth')
    const ids = { user: newId(), organization: newId() }
    await ctx.db.execute(sql`
      insert into audit_entry (id, at, action, user_id, actor_id, organization_id, request_id)
      select gen_random_uuid(), now() - n * interval '1 minute', 'signed_in',
        case when n % 100 = 0 then ${ids.user}::uuid else gen_random_uuid() end,
        case when n % 100 = 0 then ${ids.user}::uuid else gen_random_uuid() end,
        case when n % 100 = 0 then ${ids.organization}::uuid else gen_random_uuid() end, 'request-' || n / 3
      from generate_series(1, 20000) n`)
    await ctx.withTx((tx) => tx.execute(sql`set local role none; analyze audit_entry`))
    const check = createScanCheck('auth', { page: 1_000 }, () => ctx.db)
    const before = { at: new Date(Date.now() - 5_000 * 60_000).toISOString(), id: newId() }
    const subjects: TrailSubject[] = [
      { kind: 'person', id: ids.user },
      { kind: 'organization', id: ids.organization },
      { kind: 'request', id: 'request-4711' },
    ]
    for (const about of subjects)
      for (const from of [null, before]) {
        const runs = await explain(() => read(about, { before: from, limit: 26 }), ctx)
        expect(runs.length).toBeGreaterThan(0)
        expect(await check(runs, 'page', JSON.stringify({ about, from }))).toEqual([])
      }
    expect(await acts({ kind: 'request', id: 'request-4711' })).toHaveLength(3)
  })
})

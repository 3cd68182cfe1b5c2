import type { SecurityActivity, Session } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import type { Problem } from '@lightpress/protocol'
import { until } from '@lightpress/testing'
import { accessChanged } from '@lightpress/users-contract'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { endSessionsByHand } from '../src/end-sessions-by-hand.ts'
import { auditEntry, session } from '../src/schema.ts'
import { actAs, createOperator, entriesOf, impersonation, reason, who, type Auth } from './impersonation-support.ts'
import { age, claimsIn, paths, refreshBy, seamSays } from './session-support.ts'
import { bearer, createAccount, createBrowser, password, start, startAnother } from './support.ts'

let app: Auth
let operator: Awaited<ReturnType<typeof createOperator>>

beforeAll(async () => {
  app = await start()
  operator = await createOperator(app)
})
afterAll(() => app.close())

const db = () => app.contextFor('auth').db
const anywhere = () => createBrowser(app.baseUrl)
const ask = (person: string, accessToken = operator.accessToken) =>
  anywhere().post(impersonation, { person, reason }, bearer(accessToken))
const sidOf = (accessToken: string) => (claimsIn(accessToken) as { sid: string }).sid

describe('an operator who acts as somebody', () => {
  it('gets a session of the person that says who acts in it, by id and by address', async () => {
    const person = await createAccount(app)
    for (const named of [person.user.id, person.email.toUpperCase()]) {
      const { status, body } = await ask(named)
      expect(status).toBe(200)
      expect(body.user).toEqual({ ...person.user, operator: false })
      expect(claimsIn(body.accessToken!)).toMatchObject({
        sub: person.user.id,
        org: person.user.organizationId,
        role: 'owner',
        op: false,
        act: { sub: operator.id },
      })
      const { body: said } = await who(anywhere(), body.accessToken)
      const { sid, auth_time } = claimsIn(body.accessToken!) as { sid: string; auth_time: number }
      expect(said).toMatchObject({ id: sid, userId: person.user.id, impersonation: { operatorId: operator.id } })
      // What the operator has proved, who did so lately.
      expect(auth_time).toBe((claimsIn(operator.accessToken) as { auth_time: number }).auth_time)
    }
    expect((await who(anywhere(), person.accessToken)).body).toEqual({
      id: sidOf(person.accessToken),
      userId: person.user.id,
      organizationId: person.user.organizationId,
      role: 'owner',
      operator: false,
      authenticatedAt: expect.any(String),
      impersonation: null,
    })
    expect(await seamSays(app, operator.accessToken)).toBe('accepted')
  })

  it('hears the same of nobody, of themself, of an operator and of whoever is suspended', async () => {
    const [other, suspended] = [await createOperator(app), await createAccount(app)]
    app.users.people.get(suspended.user.id)!.suspended = true
    const gone = await createAccount(app)
    app.users.people.delete(gone.user.id)
    const nobody = [newId(), 'nobody@example.com', operator.id, operator.email, other.id, suspended.email, gone.user.id]
    const answers = await Promise.all(nobody.map((named) => ask(named)))
    const { requestId: _, ...first } = answers[0]!.body as Problem
    expect(first).toMatchObject({ status: 404, reason: 'auth.nobody_to_impersonate' })
    for (const { body } of answers) expect(body).toMatchObject(first)
  })

  it('is an operator, signed in lately, and says why', async () => {
    const person = await createAccount(app)
    expect((await ask(operator.id, person.accessToken)).status).toBe(403)
    expect((await anywhere().post(impersonation, { person: person.user.id, reason })).status).toBe(401)
    for (const words of ['', '  ', 'x'.repeat(501)]) {
      const input = { person: person.user.id, reason: words }
      const { body } = await anywhere().post(impersonation, input, bearer(operator.accessToken))
      expect(body).toMatchObject({ reason: 'request.invalid', errors: [{ path: 'reason' }] })
    }
    await db()
      .update(session)
      .set({ authenticatedAt: sql`now() - interval '11 minutes'` })
      .where(eq(session.id, sidOf(operator.accessToken)))
    const { body: renewed } = await refreshBy(app, operator.refreshToken)
    expect((await ask(person.user.id, renewed.accessToken)).body.reason).toBe('request.step_up_required')
    operator = await createOperator(app)
  })

  it('can do what the person can, and nothing that takes the person themself', async () => {
    const person = await createAccount(app)
    const other = newId()
    app.users.people.get(person.user.id)!.roles.set(other, 'admin')
    const acting = await actAs(app, person.user.id, operator.accessToken)
    const headers = bearer(acting.accessToken)
    const switched = await anywhere().post(paths.switch, { organizationId: other }, headers)
    const renewed = await refreshBy(app, acting.refreshToken)
    for (const { status, body } of [switched, renewed]) {
      expect(status).toBe(200)
      expect(claimsIn(body.accessToken!)).toMatchObject({ org: other, role: 'admin', act: { sub: operator.id } })
    }
    for (const [path, input] of [
      ['/v1/auth/step-up', { proof: { kind: 'password', password } }],
      ['/v1/auth/password/change', { currentPassword: password, newPassword: 'another horse altogether' }],
      ['/v1/auth/email/change', { email: 'mine@example.com' }],
      ['/v1/auth/totp/enroll', {}],
    ] as const)
      expect((await anywhere().post(path, input, headers)).body.reason).toBe('request.impersonating')
    const { body } = await anywhere().delete<Problem>(paths.sessions, headers)
    expect(body.reason).toBe('request.impersonating')
    // They are no operator now; and were the person one, they would act for themself.
    expect((await ask(person.user.id, acting.accessToken)).status).toBe(403)
  })

  it('is written down with both, and the person is told', async () => {
    const person = await createAccount(app)
    const acting = await actAs(app, person.email, operator.accessToken)
    const sessionId = sidOf(acting.accessToken)
    app.users.people.get(person.user.id)!.roles.set(newId(), 'member')
    const [, next] = [...app.users.people.get(person.user.id)!.roles.keys()]
    await anywhere().post(paths.switch, { organizationId: next }, bearer(acting.accessToken))
    await anywhere().delete(impersonation, bearer(acting.accessToken))

    const entries = await entriesOf(app, { userId: person.user.id }, operator.accessToken)
    const within = { userId: person.user.id, actorId: person.user.id, impersonatorId: operator.id, sessionId }
    expect(entries).toMatchObject([
      { action: 'impersonation_ended', ...within },
      { action: 'organization_switched', ...within },
      {
        action: 'impersonation_started',
        userId: person.user.id,
        actorId: operator.id,
        impersonatorId: null,
        sessionId,
        organizationId: person.user.organizationId,
        method: 'impersonation',
        note: reason,
      },
      { action: 'account_created', impersonatorId: null },
    ])
    const alerts = (await app.outbox()).filter(({ type }) => type === 'auth.security.alerted.v1')
    expect(alerts.map(({ payload }) => payload)).toContainEqual({
      auditEntryId: entries[2]!.id,
      userId: person.user.id,
    })
    const { body } = await anywhere().get<{ items: SecurityActivity[] }>(
      '/v1/auth/activity',
      bearer(person.accessToken),
    )
    // Whence our own people work is for the audit log alone.
    expect(body.items.filter(({ ip }) => ip !== null).map(({ action }) => action)).toEqual(['account_created'])
    expect(body.items.map(({ action, impersonated }) => [action, impersonated])).toEqual([
      ['impersonation_ended', true],
      ['organization_switched', true],
      ['impersonation_started', false],
      ['account_created', false],
    ])
  })

  it('is named where a token of theirs comes again', async () => {
    const person = await createAccount(app)
    const acting = await actAs(app, person.user.id, operator.accessToken)
    await refreshBy(app, acting.refreshToken)
    await age(app, sidOf(acting.accessToken), 60_000)
    expect((await refreshBy(app, acting.refreshToken)).status).toBe(401)
    expect((await entriesOf(app, { userId: person.user.id }, operator.accessToken))[0]).toMatchObject({
      action: 'refresh_token_replayed',
      actorId: null,
      impersonatorId: operator.id,
      sessionId: sidOf(acting.accessToken),
    })
  })

  it('shows among the sessions of the person, who can end it', async () => {
    const person = await createAccount(app)
    const acting = await actAs(app, person.user.id, operator.accessToken)
    const headers = bearer(person.accessToken)
    const { body } = await anywhere().get<{ items: Session[] }>(paths.sessions, headers)
    expect(body.items.map(({ impersonated, current, ip }) => ({ impersonated, current, known: ip !== null }))).toEqual([
      { impersonated: true, current: false, known: false },
      { impersonated: false, current: true, known: true },
    ])
    await anywhere().delete(`${paths.sessions}/${body.items[0]!.id}`, headers)
    expect((await refreshBy(app, acting.refreshToken)).status).toBe(401)
    expect((await refreshBy(app, person.refreshToken)).status).toBe(200)
  })

  it('takes nothing from how the person signs in: not of their sessions, and makes no place known', async () => {
    const person = await createAccount(app)
    await db().execute(sql`
      insert into auth.session (id, user_id, created_at)
      select gen_random_uuid(), ${person.user.id}, now() - interval '1 day' from generate_series(1, 98)`)
    const live = () => db().$count(session, and(eq(session.userId, person.user.id), isNull(session.endedAt)))
    const from = { 'user-agent': 'the operator at work' }
    for (let time = 0; time < 2; time++)
      await anywhere().post(
        impersonation,
        { person: person.user.id, reason },
        { ...bearer(operator.accessToken), ...from },
      )
    expect(await live()).toBe(101)
    const before = (await app.outbox()).length
    await anywhere().post(paths.signIn, { email: person.email, password }, from)
    // A hundred of their own, and the operator's two.
    expect(await live()).toBe(102)
    const promised = (await app.outbox()).slice(before)
    expect(promised.map(({ payload }) => payload)).toMatchObject([{ userId: person.user.id }])
  })
})

describe('an impersonation ends', () => {
  let other: Awaited<ReturnType<typeof startAnother>>
  beforeAll(async () => {
    other = await startAnother(app)
  })
  afterAll(() => other.close())

  /** In every process, within a second or so, and for good. */
  async function expectOver({ accessToken, refreshToken }: { accessToken: string; refreshToken: string }) {
    for (const process of [app, other])
      await until(
        () => seamSays(process, accessToken),
        (says) => says === 'request.session_ended',
        { timeout: 5_000 },
      )
    expect((await refreshBy(app, refreshToken)).status).toBe(401)
  }

  it('when the operator says so, once, and the person and the operator go on', async () => {
    const [mine, person] = [await createOperator(app), await createAccount(app)]
    const acting = await actAs(app, person.user.id, mine.accessToken)
    expect(await seamSays(other, acting.accessToken)).toBe('accepted')
    const ends = await Promise.all(
      Array.from({ length: 5 }, () => anywhere().delete(impersonation, bearer(acting.accessToken))),
    )
    for (const { status, body } of ends) if (status !== 401) expect([status, body]).toEqual([200, { status: 'ended' }])
    const ended = and(eq(auditEntry.userId, person.user.id), eq(auditEntry.action, 'impersonation_ended'))
    expect(await db().$count(auditEntry, ended)).toBe(1)
    await expectOver(acting)
    expect((await refreshBy(app, person.refreshToken)).status).toBe(200)
    expect((await refreshBy(app, mine.refreshToken)).status).toBe(200)
  })

  it('not where there is none', async () => {
    const { body } = await anywhere().delete<Problem>(impersonation, bearer(operator.accessToken))
    expect(body).toMatchObject({ status: 409, reason: 'auth.not_impersonating' })
    expect(await seamSays(app, operator.accessToken)).toBe('accepted')
  })

  it('within the hour, its last access token included', async () => {
    const person = await createAccount(app)
    const { accessToken, refreshToken } = await actAs(app, person.user.id, operator.accessToken)
    const id = sidOf(accessToken)
    const [row] = await db().select().from(session).where(eq(session.id, id))
    const most = row!.endsAt!.getTime() + 5 * 60_000 - row!.createdAt.getTime()
    expect(most).toBeGreaterThan(59 * 60_000)
    expect(most).toBeLessThanOrEqual(60 * 60_000 + 1_000)
    const { body } = await who(anywhere(), accessToken)
    expect(body.impersonation).toEqual({ operatorId: operator.id, endsAt: row!.endsAt!.toISOString() })
    await db()
      .update(session)
      .set({ endsAt: sql`now() - interval '1 second'` })
      .where(eq(session.id, id))
    expect((await refreshBy(app, refreshToken)).body.reason).toBe('auth.refresh_token_invalid')
    const { organizationId } = person.user
    const switched = await anywhere().post(paths.switch, { organizationId }, bearer(accessToken))
    expect(switched).toMatchObject({ status: 401, body: { reason: 'request.session_ended' } })
  })

  it.each(['suspended', 'operator_revoked'] as const)('when the operator is %s', async (change) => {
    const [mine, person] = [await createOperator(app), await createAccount(app)]
    const acting = await actAs(app, person.user.id, mine.accessToken)
    const known = app.users.people.get(mine.id)!
    if (change === 'suspended') known.suspended = true
    else known.operator = false
    await changed(mine.id, change)
    await expectOver(acting)
    expect(await seamSays(app, person.accessToken)).toBe('accepted')
  })

  it('when the person is suspended, or becomes an operator', async () => {
    for (const change of ['suspended', 'operator_granted'] as const) {
      const person = await createAccount(app)
      const acting = await actAs(app, person.user.id, operator.accessToken)
      const known = app.users.people.get(person.user.id)!
      if (change === 'suspended') known.suspended = true
      else known.operator = true
      await changed(person.user.id, change)
      await expectOver(acting)
      expect(await seamSays(app, operator.accessToken)).toBe('accepted')
    }
  })

  it('not when somebody else has another role', async () => {
    const [person, stranger] = [await createAccount(app), await createAccount(app)]
    const acting = await actAs(app, person.user.id, operator.accessToken)
    await changed(stranger.user.id, 'role')
    await changed(operator.id, 'role')
    expect((await refreshBy(app, acting.refreshToken)).status).toBe(200)
    operator = await createOperator(app)
  })

  it('with whatever ends a session of the operator', async () => {
    const ends: Record<string, (mine: Awaited<ReturnType<typeof createOperator>>) => Promise<unknown>> = {
      everywhere: ({ accessToken }) => anywhere().delete(paths.sessions, bearer(accessToken)),
      'by hand': ({ email }) =>
        endSessionsByHand.run({ args: [email] }, app.contextFor('auth') as unknown as AuthContext),
      elsewhere: ({ accessToken }) => anywhere().delete(`${paths.sessions}?except=current`, bearer(accessToken)),
      'the one': ({ accessToken }) => anywhere().post(paths.signOut, {}, bearer(accessToken)),
      'the one, from elsewhere': async ({ email, accessToken }) => {
        const { body } = await anywhere().post(paths.signIn, { email, password })
        return anywhere().delete(`${paths.sessions}/${sidOf(accessToken)}`, bearer(body.accessToken!))
      },
      'the one, as another takes its place': ({ accessToken }) =>
        anywhere().post('/v1/auth/step-up', { proof: { kind: 'password', password } }, bearer(accessToken)),
      'a token that came again': async ({ refreshToken, accessToken }) => {
        await refreshBy(app, refreshToken)
        await age(app, sidOf(accessToken), 60_000)
        return refreshBy(app, refreshToken)
      },
      'a browser in which somebody else signs in': async ({ email }) => {
        const browser = createBrowser(app.baseUrl)
        await browser.post(paths.signIn, { email, password, mode: 'cookie' })
        const somebody = await createAccount(app)
        return browser.post(paths.signIn, { email: somebody.email, password, mode: 'cookie' })
      },
      'too many of them': async ({ id }) => {
        await db().execute(sql`
          insert into auth.session (id, user_id, last_used_at)
          select gen_random_uuid(), ${id}, now() + interval '1 minute' from generate_series(1, 99)`)
        const { email } = app.users.people.get(id)!
        return anywhere().post(paths.signIn, { email, password })
      },
      'another password': ({ accessToken }) =>
        anywhere().post(
          '/v1/auth/password/change',
          { currentPassword: password, newPassword: 'quite another horse' },
          bearer(accessToken),
        ),
    }
    for (const [by, end] of Object.entries(ends)) {
      const [mine, person] = [await createOperator(app), await createAccount(app)]
      const acting = await actAs(app, person.user.id, mine.accessToken)
      await end(mine)
      expect([by, await live(mine.id)]).toEqual([by, 0])
      await expectOver(acting)
      expect(await seamSays(app, person.accessToken)).toBe('accepted')
    }
  })

  it('or never begins: of losing the right and using it at once one is first', async () => {
    for (let round = 0; round < 6; round++) {
      const [mine, person] = [await createOperator(app), await createAccount(app)]
      const headers = bearer(mine.accessToken)
      const [answer] = await Promise.all([
        ask(person.user.id, mine.accessToken),
        round % 2 === 0 ? anywhere().delete(paths.sessions, headers) : anywhere().post(paths.signOut, {}, headers),
      ])
      if (answer.status === 200) await expectOver(answer.body as never)
      else expect(answer.body.reason).toBe('request.session_ended')
      expect(await live(mine.id)).toBe(0)
    }
  })

  const live = (operatorId: string) =>
    db().$count(session, and(eq(session.impersonatorId, operatorId), isNull(session.endedAt)))

  async function changed(userId: string, change: 'suspended' | 'operator_revoked' | 'operator_granted' | 'role') {
    expect(await app.deliver(accessChanged, { userId, change, actorId: null })).toMatchObject({ state: 'done' })
  }
})

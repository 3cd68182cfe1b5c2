import { auth as contract } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import { revocationSignal } from '@lightpress/protocol'
import type { RunningModule } from '@lightpress/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { revoke } from '../src/revocations.ts'
import { revocation } from '../src/schema.ts'
import { paths, sessionOf } from './session-support.ts'
import { bearer, createAccount, createBrowser, start, startAnother, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }
/** Another process, where the same must hold. */
let other: Awaited<ReturnType<typeof startAnother>>

beforeAll(async () => {
  app = await start()
  other = await startAnother(app)
})
afterAll(async () => {
  await other.close()
  await app.close()
})

describe('revocations', () => {
  const read = (after: number) => app.callAs('users', contract).readRevocations({ after })

  it('are told once to a reader who goes on from the last', async () => {
    const { latest } = await read(0)
    const { accessToken, refreshToken: token } = await createAccount(app)
    const { id } = await sessionOf(app, token)
    await createBrowser(app.baseUrl).post(paths.signOut, {}, bearer(accessToken))
    const told = await read(latest)
    expect(told.revocations).toMatchObject([{ sessionId: id, userId: null, minimumVersion: null }])
    expect(told.latest).toBe(told.revocations[0]?.sequence)
    expect(await read(told.latest)).toMatchObject({ revocations: [], latest: told.latest })
  })

  it('are announced to the other processes once they are committed', async () => {
    const { accessToken, refreshToken: token } = await createAccount(app)
    const { id } = await sessionOf(app, token)
    const { signals } = other.contextFor('auth')
    const heard = Promise.withResolvers<Awaited<ReturnType<typeof read>>>()
    const stop = signals.on(revocationSignal, () => void read(0).then(heard.resolve))
    await createBrowser(app.baseUrl).post(paths.signOut, {}, bearer(accessToken))
    expect((await heard.promise).revocations.map(({ sessionId }) => sessionId)).toContain(id)
    stop()
  })

  it('are not told when no living token can have them', async () => {
    const { latest } = await read(0)
    const { accessToken } = await createAccount(app)
    await createBrowser(app.baseUrl).post(paths.signOut, {}, bearer(accessToken))
    const { db } = app.contextFor('auth')
    await db.update(revocation).set({ createdAt: new Date(Date.now() - 601_000) })
    expect((await read(latest)).revocations).toEqual([])
  })

  it('cannot be skipped: a later one does not appear before an earlier one that is still being written', async () => {
    const { latest } = await read(0)
    const ctx = app.contextFor('auth') as unknown as AuthContext
    const [slow, quick] = [newId(), newId()]
    const written = Promise.withResolvers<void>()
    const commit = Promise.withResolvers<void>()
    const first = ctx.withTx(async (tx) => {
      await revoke(tx, [{ sessionId: slow }], ctx)
      written.resolve()
      await commit.promise
    })
    await written.promise
    const second = ctx.withTx((tx) => revoke(tx, [{ sessionId: quick }], ctx))
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect((await read(latest)).revocations).toEqual([])
    commit.resolve()
    await Promise.all([first, second])
    expect((await read(latest)).revocations.map(({ sessionId }) => sessionId)).toEqual([slow, quick])
  })

  it('come in pages, the oldest first, so that no answer is larger than can be read in time', async () => {
    const { latest } = await read(0)
    const ctx = app.contextFor('auth') as unknown as AuthContext
    const sessions = Array.from({ length: 1_500 }, () => ({ sessionId: newId() }))
    await ctx.withTx((tx) => revoke(tx, sessions, ctx))
    const first = await read(latest)
    const second = await read(first.latest)
    expect(first.revocations).toHaveLength(1_000)
    expect([...first.revocations, ...second.revocations].map(({ sessionId }) => sessionId)).toEqual(
      sessions.map(({ sessionId }) => sessionId),
    )
  })
})

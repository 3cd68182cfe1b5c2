import { auth as contract } from '@lightpress/auth-contract'
import { revocationSignal } from '@lightpress/protocol'
import { until, type RunningModule } from '@lightpress/testing'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { tryTake, unknownKeys } from '../src/limits.ts'
import { apiKey } from '../src/schema.ts'
import { hashOf } from '../src/secrets.ts'
import { keeper, ledger, madeUpKey, seamSaysOfKey } from './key-support.ts'
import { start, startAnother, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }
/** Another process, where the same must hold. */
let other: Awaited<ReturnType<typeof startAnother>>
let ctx: AuthContext
beforeAll(async () => {
  app = await start({}, { documents: [ledger] })
  other = await startAnother(app)
  ctx = app.contextFor('auth') as unknown as AuthContext
})
afterAll(async () => {
  await other.close()
  await app.close()
})

const processes = () => [app, other]
const read = (key: string) => app.callAs('users', contract).readApiKey({ hash: hashOf(key) })
const lastUse = async (id: string) =>
  (await ctx.db.select({ at: apiKey.lastUsedAt }).from(apiKey).where(eq(apiKey.id, id)))[0]!.at

describe('a key', () => {
  it('stands for its organisation and scopes, in every process', async () => {
    const ada = await keeper(app)
    const { key, apiKey: made } = (await ada.make({ scopes: ['ledger:read', 'ledger:write'] })).body
    for (const process of processes()) expect(await seamSaysOfKey(process, key)).toBe('accepted')
    expect(await read(key)).toEqual({
      apiKey: {
        apiKeyId: made.id,
        organizationId: ada.organizationId,
        scopes: ['ledger:read', 'ledger:write'],
        expiresAt: null,
      },
    })
  })

  it('that nobody made is refused, whatever it looks like', async () => {
    const { key } = (await (await keeper(app)).make()).body
    const almost = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0')
    for (const process of processes())
      for (const bad of [madeUpKey(), almost, key.toUpperCase(), `${key}0`, 'lp_', key.slice(0, 15)])
        expect(await seamSaysOfKey(process, bad)).toMatch(/^request\.(api_key|token)_invalid$/)
  })

  it('that has expired stands for nothing, and is refused where it was just let in', async () => {
    const soon = Date.now() + 5_000
    const { key } = (await (await keeper(app)).make({ expiresAt: new Date(soon).toISOString() })).body
    for (const process of processes()) expect(await seamSaysOfKey(process, key)).toBe('accepted')
    await new Promise((resolve) => setTimeout(resolve, soon + 100 - Date.now()))
    for (const process of processes()) expect(await seamSaysOfKey(process, key)).toBe('request.api_key_invalid')
    expect(await read(key)).toEqual({ apiKey: null })
  })

  it.each(['with the signal', 'although the signal is lost'])(
    'that is revoked is refused in every process within a second, %s',
    async (how) => {
      const ada = await keeper(app)
      const { key, apiKey: made } = (await ada.make()).body
      for (const process of processes()) expect(await seamSaysOfKey(process, key)).toBe('accepted')
      const emit = vi.spyOn(ctx.signals, 'emit')
      if (how !== 'with the signal') emit.mockReturnValue()
      try {
        await ada.revoke(made.id)
        for (const process of processes())
          await until(
            () => seamSaysOfKey(process, key),
            (says) => says === 'request.api_key_invalid',
            { timeout: 5_000 },
          )
        expect(emit).toHaveBeenCalledWith(revocationSignal, null)
      } finally {
        emit.mockRestore()
      }
      expect(await read(key)).toEqual({ apiKey: null })
    },
  )
})

describe('the last use of a key', () => {
  it('is noted, once a minute', async () => {
    const ada = await keeper(app)
    const { key, apiKey: made } = (await ada.make()).body
    expect(await lastUse(made.id)).toBeNull()
    expect(await seamSaysOfKey(app, key)).toBe('accepted')
    const first = await until(
      () => lastUse(made.id),
      (at) => at !== null,
    )
    expect(Math.abs(Date.now() - first!.getTime())).toBeLessThan(30_000)
    expect((await ada.list()).body.items[0]!.lastUsedAt).toBe(first!.toISOString())

    await read(key)
    const longAgo = new Date(Date.now() - 61_000)
    await settle()
    expect(await lastUse(made.id)).toEqual(first)
    await ctx.db.update(apiKey).set({ lastUsedAt: longAgo }).where(eq(apiKey.id, made.id))
    await read(key)
    await until(
      () => lastUse(made.id),
      (at) => at!.getTime() > longAgo.getTime(),
    )
  })

  it('keeps nobody waiting while its row is held by somebody else', async () => {
    const { key, apiKey: made } = (await (await keeper(app)).make()).body
    const held = Promise.withResolvers<void>()
    const letGo = Promise.withResolvers<void>()
    const holding = ctx.withTx(async (tx) => {
      await tx.select().from(apiKey).where(eq(apiKey.id, made.id)).for('update')
      held.resolve()
      await letGo.promise
    })
    await held.promise
    expect(await seamSaysOfKey(app, key)).toBe('accepted')
    expect(await lastUse(made.id)).toBeNull()
    letGo.resolve()
    await holding
    await until(
      () => lastUse(made.id),
      (at) => at !== null,
    )
  })

  /** Long enough for a note that is not waited for. */
  const settle = () => new Promise((resolve) => setTimeout(resolve, 200))
})

describe('a network that shows no end of keys that are none', () => {
  it('is told to wait, and its good keys are good', async () => {
    const ada = await keeper(app)
    const { key } = (await ada.make()).body
    const mine = { ...ctx, request: { ...ctx.request, ip: '127.0.0.1' } }
    while (await tryTake(unknownKeys, '127.0.0.1', mine));
    const says = await Promise.all(Array.from({ length: 20 }, () => seamSaysOfKey(app, madeUpKey())))
    expect(says).toContain('auth.too_many_attempts')
    expect(await seamSaysOfKey(app, key)).toBe('accepted')
  })
})

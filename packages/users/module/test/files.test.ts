import { newId } from '@lightpress/kernel'
import { until } from '@lightpress/testing'
import { sql } from 'drizzle-orm'
import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest'
import type { UsersContext } from '../src/context.ts'
import { announceFile, doomFile, giveUpFile, keepFile, removeFile, sweepFiles } from '../src/files.ts'
import { keepPicture } from '../src/pictures/keep-picture.ts'
import { file } from '../src/schema.ts'
import type { Storage } from '../src/storage/storage.ts'
import { png } from './picture-support.ts'
import { openPictureWorld, type PictureWorld } from './picture-world.ts'
import { kinds } from './storage-support.ts'

class Killed extends Error {}

describe.each(kinds)('a file in a storage: %s', (kind) => {
  let world: PictureWorld
  let ctx: UsersContext
  // Nothing is sent and no job runs: what is left is left, until the sweep.
  beforeAll(async () => {
    world = await openPictureWorld(kind, { ROLES: 'http' })
    ctx = world.contextFor('users') as unknown as UsersContext
  })
  afterAll(() => world.close())
  afterEach(async () => {
    await later(0)
    await sweepFiles(ctx)
    expect([await world.place.names(), await ctx.db.select().from(file)]).toEqual([[], []])
  })

  /** So many minutes go by for every file that has an end. */
  const later = (minutes: number) =>
    ctx.db
      .update(file)
      .set({ removeAt: minutes === 0 ? sql`now()` : sql`${file.removeAt} - make_interval(mins => ${minutes})` })

  const put = async (name: string, { storage } = ctx) => storage.put(name, await png(), { contentType: 'image/webp' })
  const announced = (context = ctx) => announceFile({ kind: 'image', userId: newId() }, context)

  /** The process ends at this step, before it or after it: nothing that comes behind is done. */
  function killedAt(step: keyof Storage, when: 'before' | 'after'): UsersContext {
    const die = async (...args: unknown[]) => {
      if (when === 'after') await (ctx.storage[step] as (...args: unknown[]) => Promise<unknown>)(...args)
      throw new Killed()
    }
    return Object.assign(Object.create(ctx) as UsersContext, { storage: { ...ctx.storage, [step]: die } })
  }

  it.each(['before', 'after'] as const)(
    'whose writer is killed %s it is written is swept within the hour',
    async (when) => {
      const killed = killedAt('put', when)
      const name = await announced(killed)
      await expect(put(name, killed)).rejects.toThrow(Killed)
      await sweepFiles(ctx)
      expect(await ctx.db.$count(file)).toBe(1)
      await later(61)
      await sweepFiles(ctx)
      expect([await world.place.names(), await ctx.db.$count(file)]).toEqual([[], 0])
    },
  )

  it('whose transaction is undone is swept; one that is kept is not', async () => {
    const [undone, kept] = [await announced(), await announced()]
    await Promise.all([put(undone), put(kept)])
    const lost = ctx.withTx(async (tx) => {
      await keepFile(tx, undone)
      throw new Killed()
    })
    await expect(lost).rejects.toThrow(Killed)
    await ctx.withTx((tx) => keepFile(tx, kept))
    await later(61)
    await sweepFiles(ctx)
    expect(await world.place.names()).toEqual([kept])
    // Of which nobody heard that it was kept: given up by mistake, it stays.
    await giveUpFile(kept, ctx)
    expect((await ctx.db.select().from(file)).map(({ state }) => state)).toEqual(['live'])
  })

  it('that was given up cannot be kept any more, nor used up twice', async () => {
    const name = await announced()
    await put(name)
    await giveUpFile(name, ctx)
    await expect(ctx.withTx((tx) => keepFile(tx, name))).rejects.toThrow('given up')
    expect(await ctx.withTx((tx) => doomFile(tx, name))).toBe(false)
  })

  it.each(['before', 'after'] as const)(
    'whose remover is killed %s it is removed goes when it is tried again',
    async (when) => {
      const name = await announced()
      await put(name)
      await ctx.withTx((tx) => keepFile(tx, name))
      await ctx.withTx((tx) => doomFile(tx, name))
      await expect(removeFile.run({ name }, killedAt('remove', when))).rejects.toThrow(Killed)
      expect(await ctx.db.$count(file)).toBe(1)
      for (let time = 0; time < 2; time += 1) await removeFile.run({ name }, ctx)
      expect([await world.place.names(), await ctx.db.$count(file)]).toEqual([[], 0])
    },
  )

  it('that cannot be removed does not keep others from being', async () => {
    const names = [await announced(), await announced(), await announced()]
    await Promise.all(names.map((name) => put(name)))
    await later(61)
    const remove = (name: string) => (name === names[1] ? Promise.reject(new Killed()) : ctx.storage.remove(name))
    await sweepFiles(Object.assign(Object.create(ctx) as UsersContext, { storage: { ...ctx.storage, remove } }))
    expect(await world.place.names()).toEqual([names[1]])
  })

  it('that is over is swept, an export at its end', async () => {
    const name = await announceFile({ kind: 'export', userId: newId() }, ctx)
    await put(name)
    await ctx.withTx((tx) => keepFile(tx, name, { removeAt: new Date(Date.now() + 90 * 60_000) }))
    await later(61)
    await sweepFiles(ctx)
    expect(await world.place.names()).toEqual([name])
    await later(30)
    await sweepFiles(ctx)
    expect(await world.place.names()).toEqual([])
  })

  it('that was uploaded and used is removed again, should somebody put it there once more', async () => {
    const name = await announceFile({ kind: 'upload', userId: newId() }, ctx)
    await put(name)
    await ctx.withTx((tx) => doomFile(tx, name))
    await removeFile.run({ name }, ctx)
    expect([await world.place.names(), await ctx.db.$count(file)]).toEqual([[], 1])
    await put(name)
    await later(61)
    await sweepFiles(ctx)
    expect([await world.place.names(), await ctx.db.$count(file)]).toEqual([[], 0])
  })

  it('of a picture whose taking in is killed at any step is swept', async () => {
    const { userId } = await world.createPerson()
    for (const [step, when] of [
      ['read', 'before'],
      ['put', 'before'],
      ['put', 'after'],
    ] as const) {
      const upload = newId()
      const caller = { ...ctx.caller, identity: { userId } }
      const killed = Object.assign(killedAt(step, when), { caller })
      await announceFile({ kind: 'upload', name: `${upload}.upload`, userId }, ctx)
      await put(`${upload}.upload`)
      const request = { headers: { 'content-type': 'application/json' } } as never
      const taken = keepPicture(
        { request, uploadId: upload, use: 'avatar', whose: { userId } },
        async () => null,
        killed,
      )
      await expect(taken).rejects.toThrow(Killed)
    }
    expect((await world.place.names()).length).toBeGreaterThan(3)
    await later(61)
    await sweepFiles(ctx)
    expect([await world.place.names(), await ctx.db.$count(file)]).toEqual([[], 0])
  })
})

it('an old picture goes by the job that its transaction made, whenever that runs', async () => {
  const world = await openPictureWorld('disk', { ROLES: 'http' })
  const ctx = world.contextFor('users') as unknown as UsersContext
  const name = await announceFile({ kind: 'image' }, ctx)
  await ctx.storage.put(name, await png(), { contentType: 'image/webp' })
  await ctx.withTx((tx) => keepFile(tx, name))
  await ctx.withTx((tx) => doomFile(tx, name))
  expect(await world.place.names()).toEqual([name])
  const another = await world.startAnother({ ROLES: 'worker,relay' })
  await until(
    async () => [...(await world.place.names()), ...(await ctx.db.select().from(file))],
    (left) => left.length === 0,
  )
  await another.close()
  await world.close()
})

import { newId } from '@lightpress/kernel'
import { eq, inArray } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { usageDay, usageEntry } from '../src/schema.ts'
import { forgetUsage } from '../src/usage-forgetting.ts'
import { contextOf, createBusiness } from './support/usage.ts'
import { createWorld, newOrganization, type Organization, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ ROLES: 'http' })
})
afterAll(() => world.close())

const MINUTE = 60_000
const twoYearsAgo = () => {
  const today = new Date()
  return Date.UTC(today.getUTCFullYear() - 2, today.getUTCMonth(), today.getUTCDate())
}

/** What somebody used at some time, as recording leaves it behind. */
async function use({ id: organizationId }: Organization, at: number, quantity: number) {
  const { db } = contextOf(world)
  const usedAt = new Date(at)
  const of = { organizationId, meterId: 'tasks' as const }
  await db
    .insert(usageEntry)
    .values({ ...of, id: newId(), quantity, usedAt, periodStart: usedAt, periodEnd: usedAt, shippedAt: usedAt })
  await db.insert(usageDay).values({ ...of, day: usedAt.toISOString().slice(0, 10), used: quantity })
}

it('what was used two years ago is forgotten, day by day, and nothing of what came after it', async () => {
  const begin = twoYearsAgo()
  const whose = [await createBusiness(world), newOrganization(world)]
  for (const organization of whose) {
    await use(organization, begin - 900 * 24 * 60 * MINUTE, 1)
    await use(organization, begin - MINUTE, 2)
    await use(organization, begin, 3)
    await use(organization, Date.now(), 4)
  }
  const { db } = contextOf(world)
  const ids = whose.map(({ id }) => id)
  const left = async () => [
    (await db.select().from(usageEntry).where(inArray(usageEntry.organizationId, ids))).map((row) => row.quantity),
    (await db.select().from(usageDay).where(inArray(usageDay.organizationId, ids))).map((row) => row.used),
  ]
  await forgetUsage(contextOf(world))
  expect(await left()).toEqual([
    [3, 4, 3, 4],
    [3, 4, 3, 4],
  ])
})

it('more days than are looked at in one go', async () => {
  const { id: organizationId } = newOrganization(world)
  const { db } = contextOf(world)
  const days = Array.from({ length: 1_001 }, (_, at) => new Date(at * 24 * 60 * MINUTE).toISOString().slice(0, 10))
  await db.insert(usageDay).values(days.map((day) => ({ organizationId, meterId: 'tasks' as const, day, used: 1 })))
  await forgetUsage(contextOf(world))
  expect(await db.$count(usageDay, eq(usageDay.organizationId, organizationId))).toBe(0)
})

import { newId } from '@lightpress/kernel'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { organization } from '../src/schema.ts'
import { startUsers, type App } from './support.ts'

let app: App
beforeAll(async () => {
  app = await startUsers()
})
afterAll(() => app.close())

it('organisations have their names, suspended or not; what there is not, or not any more, is left out', async () => {
  const [one, shut, closed] = await Promise.all([app.createPerson('Ada'), app.createPerson('Bob'), app.createPerson()])
  const { db } = app.contextFor('users')
  await db.update(organization).set({ name: 'Engines' }).where(eq(organization.id, one.organizationId))
  await db
    .update(organization)
    .set({ name: 'Shut', suspendedAt: new Date() })
    .where(eq(organization.id, shut.organizationId))
  await db.update(organization).set({ closedAt: new Date() }).where(eq(organization.id, closed.organizationId))
  const ids = [one, shut, closed].map(({ organizationId }) => organizationId)
  const { organizations } = await app.internal.readOrganizationNames({ ids: [...ids, newId()] })
  expect(new Map(organizations.map(({ id, name }) => [id, name]))).toEqual(
    new Map([
      [one.organizationId, 'Engines'],
      [shut.organizationId, 'Shut'],
    ]),
  )
  expect(await app.internal.readOrganizationNames({ ids: [] })).toEqual({ organizations: [] })
})

it('a hundred at a time, and no more', async () => {
  const ids = Array.from({ length: 101 }, () => newId())
  expect(await app.internal.readOrganizationNames({ ids: ids.slice(1) })).toEqual({ organizations: [] })
  await expect(app.internal.readOrganizationNames({ ids })).rejects.toMatchObject({ code: 'invalid' })
})

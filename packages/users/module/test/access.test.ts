import { newId } from '@lightpress/kernel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startUsers, type App } from './support.ts'

let app: App

beforeAll(async () => {
  app = await startUsers()
})
afterAll(() => app.close())

describe('a person', () => {
  it('who is suspended is kept out until they are restored, and loses nothing', async () => {
    const { userId, organizationId, client } = await app.createPerson()
    const { userId: actorId, client: operator } = app.operator()
    const before = await app.readUser(userId)
    expect(before).toMatchObject({ suspended: false })

    expect(await operator.suspendUser({ id: userId })).toEqual({ status: 'suspended' })
    expect(await app.readUser(userId)).toEqual({ ...before, suspended: true })
    expect(await client.getOrganization({ id: organizationId })).toMatchObject({ role: 'owner', memberCount: 1 })

    expect(await operator.restoreUser({ id: userId })).toEqual({ status: 'active' })
    expect(await app.readUser(userId)).toEqual(before)
    expect(await app.accessChangesOf(userId)).toEqual([
      { userId, change: 'suspended', actorId },
      { userId, change: 'restored', actorId },
    ])
  })

  it('who is suspended or restored again is told of once', async () => {
    const { userId } = await app.createPerson()
    const { client: operator } = app.operator()
    expect(await operator.restoreUser({ id: userId })).toEqual({ status: 'active' })
    expect(await app.accessChangesOf(userId)).toEqual([])
    await operator.suspendUser({ id: userId })
    expect(await operator.suspendUser({ id: userId })).toEqual({ status: 'suspended' })
    expect(await app.accessChangesOf(userId)).toHaveLength(1)
  })

  it('whom twenty operators suspend at the same moment is suspended by one of them', async () => {
    const { userId } = await app.createPerson()
    const operators = Array.from({ length: 20 }, () => app.operator())
    const answers = await Promise.all(operators.map(({ client }) => client.suspendUser({ id: userId })))
    expect(answers).toEqual(operators.map(() => ({ status: 'suspended' })))
    const changes = await app.accessChangesOf(userId)
    expect(changes).toMatchObject([{ change: 'suspended' }])
    expect(operators.map((operator) => operator.userId)).toContain(changes[0]?.actorId)
  })

  it('who does not exist is not found', async () => {
    const { client } = app.operator()
    const missing = { code: 'not_found', reason: 'users.user_not_found' }
    await expect(client.suspendUser({ id: newId() })).rejects.toMatchObject(missing)
    await expect(client.restoreUser({ id: newId() })).rejects.toMatchObject(missing)
  })
})

describe('an operator', () => {
  it('cannot suspend themselves, nor lift a suspension of their own', async () => {
    const { userId } = await app.createPerson()
    const { client } = app.operator(userId)
    const refused = { code: 'conflict', reason: 'users.own_account' }
    await expect(client.suspendUser({ id: userId })).rejects.toMatchObject(refused)
    await app.operator().client.suspendUser({ id: userId })
    await expect(client.restoreUser({ id: userId })).rejects.toMatchObject(refused)
    expect(await app.readUser(userId)).toMatchObject({ suspended: true })
  })

  it('is the only one who may', async () => {
    const [{ userId }, { client }] = await Promise.all([app.createPerson(), app.createPerson()])
    await expect(client.suspendUser({ id: userId })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(client.restoreUser({ id: userId })).rejects.toMatchObject({ code: 'forbidden' })
    expect(await app.readUser(userId)).toMatchObject({ suspended: false })
    expect(await app.accessChangesOf(userId)).toEqual([])
  })
})

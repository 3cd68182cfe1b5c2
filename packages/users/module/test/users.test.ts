import { until } from '@lightpress/testing'
import { isAppError } from '@lightpress/protocol'
import { timeZoneChanged, users as contract } from '@lightpress/users-contract'
import { newId } from '@lightpress/kernel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startUsers, type App } from './support.ts'

let app: App

beforeAll(async () => {
  app = await startUsers()
})
afterAll(() => app.close())

describe('createUser', () => {
  it('makes the person with a personal organisation that they own', async () => {
    const { client, email, organizationId } = await app.createPerson()
    expect(await client.getMe()).toMatchObject({
      email,
      name: 'Ada Lovelace',
      locale: 'en',
      timeZone: 'UTC',
      theme: 'system',
    })
    const { items, nextCursor } = await client.listOrganizations()
    expect(items).toMatchObject([
      {
        id: organizationId,
        name: 'Ada Lovelace’s workspace',
        personal: true,
        ownPersonal: true,
        role: 'owner',
        memberCount: 1,
      },
    ])
    expect(nextCursor).toBeNull()
  })

  it('is the same once, twice and twenty times at the same moment', async () => {
    const userId = newId()
    const input = { userId, email: `${userId}@example.com`, name: 'Grace', locale: 'de' as const }
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.internal.createUser(input)))
    expect(new Set(answers.map((answer) => answer.organizationId)).size).toBe(1)
    const { items } = await app.as(contract, { userId }).listOrganizations()
    expect(items).toHaveLength(1)
  })

  it('refuses an address that belongs to another person, whatever its case', async () => {
    const { email } = await app.createPerson()
    const again = app.internal.createUser({ userId: newId(), email: email.toUpperCase(), name: 'X', locale: 'en' })
    await expect(again).rejects.toMatchObject({ code: 'conflict', reason: 'users.email_taken' })
  })
})

describe('the profile', () => {
  it('changes only what was sent', async () => {
    const { client } = await app.createPerson()
    expect(await client.updateMe({ timeZone: 'Europe/Berlin', theme: 'dark' })).toMatchObject({
      name: 'Ada Lovelace',
      timeZone: 'Europe/Berlin',
      theme: 'dark',
    })
    expect(await client.updateMe({})).toMatchObject({ theme: 'dark' })
  })

  it('says that a time zone is another, and nothing where it is not', async () => {
    const { client, userId } = await app.createPerson()
    const said = async () => {
      const rows = (await app.outbox()).filter(({ type }) => type === timeZoneChanged.type)
      return rows.map(({ payload }) => timeZoneChanged.payload.parse(payload)).filter((one) => one.userId === userId)
    }
    await client.updateMe({ theme: 'dark' })
    await client.updateMe({ timeZone: 'UTC' })
    expect(await said()).toEqual([])
    await client.updateMe({ timeZone: 'Asia/Kathmandu' })
    await client.updateMe({ timeZone: 'Asia/Kathmandu' })
    expect(await said()).toEqual([{ userId }])
  })

  it.each([
    { timeZone: 'Mars/Olympus' },
    { timeZone: '+05:30' },
    { timeZone: '-08' },
    { timeZone: '' },
    { name: '   ' },
    { name: 'x'.repeat(101) },
    { theme: 'pink' },
    { locale: 'tlh' },
  ])('refuses %j and names the field', async (bad) => {
    const { client } = await app.createPerson()
    const error = await client.updateMe(bad as never).catch((reason: unknown) => reason)
    expect(isAppError(error) && error.errors.map(({ path }) => path)).toEqual(Object.keys(bad))
  })

  it.each(['UTC', 'Europe/Kyiv', 'Europe/Kiev', 'Asia/Kolkata', 'Asia/Calcutta', 'America/Argentina/Buenos_Aires'])(
    'takes the time zone %s, as one browser or another calls it',
    async (timeZone) => {
      const { client } = await app.createPerson()
      expect(await client.updateMe({ timeZone })).toMatchObject({ timeZone })
    },
  )

  it('takes every time zone that there is to choose from', () => {
    const { input } = contract.operations.updateMe
    const zones = Intl.supportedValuesOf('timeZone')
    expect(zones.filter((timeZone) => !input.safeParse({ timeZone }).success)).toEqual([])
  })

  it('tells a person who is gone so, instead of failing', async () => {
    await expect(app.as(contract, {}).getMe()).rejects.toMatchObject({
      code: 'not_found',
      reason: 'users.user_not_found',
    })
  })
})

describe('organisations', () => {
  it('do not exist for whoever is not a member', async () => {
    const [{ organizationId }, { client: stranger }] = await Promise.all([app.createPerson(), app.createPerson()])
    await expect(stranger.getOrganization({ id: organizationId })).rejects.toMatchObject({ code: 'not_found' })
    await expect(stranger.updateOrganization({ id: organizationId, name: 'Mine' })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('can be renamed by their owner', async () => {
    const { client, organizationId } = await app.createPerson()
    await client.updateOrganization({ id: organizationId, name: 'Analytical Engines' })
    expect(await client.getOrganization({ id: organizationId })).toMatchObject({ name: 'Analytical Engines' })
  })

  it('refuse a cursor that no list gave', async () => {
    const { client } = await app.createPerson()
    await expect(client.listOrganizations({ cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'invalid',
      errors: [{ path: 'cursor' }],
    })
  })
})

describe('readPrincipal', () => {
  it('answers the oldest organisation unless one is asked for', async () => {
    const { userId, organizationId } = await app.createPerson()
    expect(await app.internal.readPrincipal({ userId, organizationId: null })).toMatchObject({
      user: { id: userId, operator: false, suspended: false },
      membership: { organizationId, role: 'owner' },
    })
    expect(await app.internal.readPrincipal({ userId, organizationId: newId() })).toMatchObject({ membership: null })
    expect(await app.internal.readPrincipal({ userId: newId(), organizationId: null })).toEqual({
      user: null,
      membership: null,
    })
  })
})

describe('the public port', () => {
  it('does not open what is for services', async () => {
    const response = await fetch(`${app.baseUrl}/internal/users/createUser`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(response.status).toBe(404)
  })

  it('refuses a request without a token', async () => {
    await expect(app.as(contract).getMe()).rejects.toMatchObject({
      code: 'unauthenticated',
      reason: 'request.sign_in_required',
    })
  })
})

describe('userCreated', () => {
  it('is delivered to its listeners', async () => {
    const { userId } = await app.createPerson()
    await until(
      () => app.outbox(),
      (rows) =>
        rows.some(
          (row) =>
            row.type === 'users.user.created.v1' &&
            row.state === 'published' &&
            (row.payload as { userId: string }).userId === userId,
        ),
    )
  })
})

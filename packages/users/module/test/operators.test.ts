import { ConfigError } from '@lightpress/kernel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { users } from '../src/index.ts'
import { startUsers, type App } from './support.ts'

let app: App

beforeAll(async () => {
  app = await startUsers()
})
afterAll(() => app.close())

/** As `main.js users promote …` does. */
async function run(name: 'users promote' | 'users demote', ...args: string[]): Promise<void> {
  await users.commands.get(name)?.run({ args }, app.contextFor('users') as never)
}

describe('users promote', () => {
  it('makes the person with the address an operator, whatever its case, and says so once', async () => {
    const { userId, email } = await app.createPerson()
    await run('users promote', ` ${email.toUpperCase()} `)
    await run('users promote', email)
    expect(await app.readUser(userId)).toMatchObject({ operator: true })
    expect(await app.accessChangesOf(userId)).toEqual([{ userId, change: 'operator_granted', actorId: null }])
  })

  it('touches nobody else', async () => {
    const [{ email }, { userId: other }] = await Promise.all([app.createPerson(), app.createPerson()])
    await run('users promote', email)
    expect(await app.readUser(other)).toMatchObject({ operator: false })
    expect(await app.accessChangesOf(other)).toEqual([])
  })
})

describe('users demote', () => {
  it('undoes it, and says so once', async () => {
    const { userId, email } = await app.createPerson()
    await run('users demote', email)
    expect(await app.accessChangesOf(userId)).toEqual([])
    await run('users promote', email)
    await Promise.all([run('users demote', email), run('users demote', email)])
    expect(await app.readUser(userId)).toMatchObject({ operator: false })
    expect((await app.accessChangesOf(userId)).map(({ change }) => change)).toEqual([
      'operator_granted',
      'operator_revoked',
    ])
  })
})

describe.each(['users promote', 'users demote'] as const)('%s', (name) => {
  it.each([[], [''], ['nobody'], ['a@example.com', 'b@example.com']])(
    'says how it is used when given %j',
    async (...args) => {
      await expect(run(name, ...args)).rejects.toThrow(new ConfigError(`Usage: ${name} <email>`))
    },
  )

  it('says so when nobody has the address', async () => {
    await expect(run(name, 'nobody@example.com')).rejects.toThrow(
      new ConfigError('Nobody has the address nobody@example.com.'),
    )
  })
})

import { emailChanged } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import { emailKey } from '@lightpress/protocol'
import { until } from '@lightpress/testing'
import { inArray } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyEmail } from '../src/email-copy.ts'
import type { UsersContext } from '../src/context.ts'
import { person } from '../src/schema.ts'
import { startUsers, type App } from './support.ts'

let app: App

beforeAll(async () => {
  app = await startUsers()
})
afterAll(() => app.close())

const newEmail = () => `${newId()}@example.com`

/** The change has taken effect in auth; users hears of it later. */
function change(userId: string, email: string) {
  app.addresses.set(userId, email)
}

function hear(...userIds: string[]) {
  return Promise.all(userIds.map((userId) => app.deliver(emailChanged, { userId })))
}

/** Waits until the copy of each is what auth says and nobody else's: its key, too, which may be let go for a moment. */
async function converge(...userIds: string[]) {
  const wanted = userIds.map((userId) => app.addresses.get(userId) as string)
  const { db } = app.contextFor('users')
  await until(
    () => db.select().from(person).where(inArray(person.id, userIds)),
    (copies) =>
      userIds.every((userId, at) => {
        const copy = copies.find(({ id }) => id === userId)
        return copy?.email === wanted[at] && copy?.emailKey === emailKey(wanted[at] as string)
      }),
  )
  for (const email of wanted)
    await expect(app.internal.createUser({ userId: newId(), email, name: 'X', locale: 'en' })).rejects.toMatchObject({
      reason: 'users.email_taken',
    })
}

describe('a new address', () => {
  it('is copied as it is written, and the old one is free', async () => {
    const { userId, email, client } = await app.createPerson()
    change(userId, `New.${newEmail()}`)
    await hear(userId)
    await converge(userId)
    expect(await client.getMe()).toMatchObject({ email: app.addresses.get(userId) })
    await app.internal.createUser({ userId: newId(), email, name: 'Another', locale: 'en' })
  })

  it('that differs in case alone is copied, too', async () => {
    const { userId, email } = await app.createPerson()
    change(userId, email.toUpperCase())
    await hear(userId)
    await converge(userId)
  })

  it('of a person who is gone, here or in auth, changes nothing', async () => {
    const { userId, email } = await app.createPerson()
    app.addresses.delete(userId)
    const stranger = newId()
    change(stranger, email)
    for (const { state } of await hear(userId, stranger)) expect(state).toBe('done')
    expect(await app.readUser(userId)).toMatchObject({ email })
    expect(await app.readUser(stranger)).toBeNull()
  })
})

describe('an address that went from one person to another', () => {
  it.each([
    ['in order', (a: string, b: string) => [b, a]],
    ['in the wrong order', (a: string, b: string) => [a, b]],
  ])('is copied when the events come %s', async (_, order) => {
    const [a, b] = await Promise.all([app.createPerson(), app.createPerson()])
    change(b.userId, newEmail())
    change(a.userId, b.email)
    for (const userId of order(a.userId, b.userId)) await hear(userId)
    await converge(a.userId, b.userId)
  })

  it('is copied though the event of the former owner never comes', async () => {
    const [a, b] = await Promise.all([app.createPerson(), app.createPerson()])
    change(b.userId, newEmail())
    change(a.userId, b.email)
    await hear(a.userId)
    await converge(a.userId, b.userId)
  })

  it.each([2, 3, 5])('and round a ring of %i is copied for all', async (size) => {
    const people = await Promise.all(Array.from({ length: size }, () => app.createPerson()))
    people.forEach(({ userId }, at) => change(userId, people[(at + 1) % size]?.email as string))
    const ids = people.map(({ userId }) => userId)
    await hear(...ids)
    await converge(...ids)
  })
})

describe('several copies at the same moment', () => {
  it('end with what auth says last, whichever writes last', async () => {
    const { userId } = await app.createPerson()
    const final = newEmail()
    change(userId, final)
    // The first reads before the last change and writes long after it.
    const late = copyWith(readsOf(newEmail(), final), userId)
    await hear(userId)
    await converge(userId)
    late.release()
    await late.done
    await converge(userId)
  })

  it('of a swap that is swapped back leave everybody with their own', async () => {
    const [a, b] = await Promise.all([app.createPerson(), app.createPerson()])
    // As it was in between, when `b` had what is `a`'s again.
    const late = copyWith(readsOf(a.email, b.email), b.userId)
    await hear(a.userId)
    late.release()
    await late.done
    await converge(a.userId, b.userId)
  })
})

/** What auth answers, one after the other, and then the last again; the first waits until it is let go. */
function readsOf(...emails: string[]) {
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  let at = 0
  return {
    release: () => release(),
    async read() {
      const email = emails[Math.min(at++, emails.length - 1)] as string
      if (at === 1) await held
      return { email }
    },
  }
}

/** Runs the job by hand, with an auth of its own. */
function copyWith({ read, release }: ReturnType<typeof readsOf>, userId: string) {
  const ctx = { ...(app.contextFor('users') as unknown as UsersContext), calls: { auth: { readEmail: read } } }
  return { release, done: copyEmail.run({ userId }, ctx as unknown as UsersContext) }
}

import { expect, it, vi } from 'vitest'
import { createRenewingFetch } from '../src/api/renewing-fetch.ts'

it('leaves an answer alone that is not a 401', async () => {
  const server = play({ expired: false })
  expect((await server.openTab().fetch('/v1/users/me')).status).toBe(200)
  expect(server.refreshes).toBe(0)
})

it('renews once and repeats when the token has expired', async () => {
  const server = play({ expired: true })
  expect((await server.openTab().fetch('/v1/users/me')).status).toBe(200)
  expect(server.refreshes).toBe(1)
})

it('renews once for twenty-one requests in three tabs', async () => {
  const server = play({ expired: true })
  const tabs = [server.openTab(), server.openTab(), server.openTab()]
  const asking = Array.from({ length: 7 }, () => tabs.map((tab) => tab.fetch('/v1/users/me'))).flat()
  const answers = await Promise.all(asking)
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 21 }, () => 200))
  expect(server.refreshes).toBe(1)
})

it('gives the 401 on, and tells that the session is over, when it is not renewed', async () => {
  const server = play({ expired: true, refresh: 401 })
  expect((await server.openTab().fetch('/v1/users/me')).status).toBe(401)
  expect(server.overs).toBe(1)
})

it('asks once to renew a session that is over, however many requests found out', async () => {
  const server = play({ expired: true, refresh: 401 })
  const { fetch: tab } = server.openTab()
  const answers = await Promise.all(Array.from({ length: 5 }, () => tab('/v1/users/me')))
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401])
  expect([server.refreshes, server.overs]).toEqual([1, 1])
})

it('takes nobody’s session because the server cannot be asked', async () => {
  const server = play({ expired: true, refresh: 503 })
  await expect(server.openTab().fetch('/v1/users/me')).rejects.toMatchObject({ code: 'unavailable' })
  expect(server.overs).toBe(0)
})

it('asks again for a session that another tab has just replaced, until its cookies are there', async () => {
  const server = play({ expired: true, conflicts: 2 })
  expect((await server.openTab().fetch('/v1/users/me')).status).toBe(200)
  expect([server.refreshes, server.pauses, server.overs]).toEqual([3, [500, 500], 0])
})

it('takes nobody’s session because the cookies of the new one do not come', async () => {
  const server = play({ expired: true, conflicts: Infinity })
  await expect(server.openTab().fetch('/v1/users/me')).rejects.toMatchObject({ code: 'unavailable' })
  expect([server.refreshes, server.overs]).toEqual([5, 0])
})

it('renews again for a token that expires later', async () => {
  const server = play({ expired: true })
  const { fetch: tab } = server.openTab()
  await tab('/v1/users/me')
  await new Promise((resolve) => setTimeout(resolve, 5))
  server.expire()
  expect((await tab('/v1/users/me')).status).toBe(200)
  expect(server.refreshes).toBe(2)
})

it('lets a renewal wait for what is sent alone, and go on with what that brought', async () => {
  const server = play({ expired: true })
  const [one, other] = [server.openTab(), server.openTab()]
  const asked: Promise<Response>[] = []
  await one.renewedAlone(async () => {
    server.expire()
    asked.push(other.fetch('/v1/users/me'))
    await vi.waitFor(async () => expect((await navigator.locks.query()).pending).toHaveLength(1))
    expect(server.refreshes).toBe(1)
    server.replace()
  })
  expect((await asked[0])?.status).toBe(200)
  expect(server.refreshes).toBe(1)
})

it('sends nothing alone while a renewal is under way', async () => {
  const server = play({ expired: true })
  const renewal = server.openTab().fetch('/v1/users/me')
  await vi.waitFor(() => expect(server.refreshes).toBe(1), { interval: 1 })
  expect(await server.openTab().renewedAlone(async () => server.renewals)).toBe(1)
  expect((await renewal).status).toBe(200)
  expect(server.refreshes).toBe(1)
})

it('renews a session before what takes its place, and lets the lock go in between', async () => {
  const server = play({ expired: true })
  expect(await server.openTab().renewedAlone(async () => server.renewals)).toBe(1)
})

it('sends nothing for a session that is over', async () => {
  const server = play({ expired: true, refresh: 401 })
  let sent = 0
  const sending = server.openTab().renewedAlone(async () => sent++)
  await expect(sending).rejects.toMatchObject({ code: 'unauthenticated' })
  expect([sent, server.overs]).toEqual([0, 1])
})

it('does not repeat for one person what was sent for another, and says so', async () => {
  const server = play({ expired: true, next: 'operator' })
  const tab = server.openTab()
  const asked = [tab.fetch('/v1/users/me'), tab.fetch('/v1/users/me')]
  for (const answer of asked) await expect(answer).rejects.toMatchObject({ reason: 'web.person_changed' })
  expect(server.overs).toBe(0)
  expect((await tab.fetch('/v1/users/me')).status).toBe(200)
})

it('sends nothing for one person in the session of another', async () => {
  const server = play({ expired: true, next: 'operator' })
  let sent = 0
  const sending = server.openTab().renewedAlone(async () => sent++)
  await expect(sending).rejects.toMatchObject({ reason: 'web.person_changed' })
  expect(sent).toBe(0)
})

interface Play {
  expired: boolean
  refresh?: number
  conflicts?: number
  /** Whose session the next renewal brings. */
  next?: string
}

function play({ expired, refresh = 200, conflicts = 0, next = 'ada' }: Play) {
  let renewedAt = 0
  let person = 'ada'
  const server = {
    refreshes: 0,
    /** Those that were answered with a new session, in time for others to find. */
    renewals: 0,
    overs: 0,
    pauses: [] as number[],
    expire: () => {
      expired = true
    },
    /** Another session takes the place of the expired one. */
    replace: () => {
      expired = false
      renewedAt = justAfterNow()
    },
    openTab: () =>
      createRenewingFetch({
        fetch: async () => new Response(null, { status: expired ? 401 : 200 }),
        refresh: async () => {
          server.refreshes++
          await new Promise((resolve) => setTimeout(resolve, 5))
          if (server.refreshes <= conflicts) return new Response(null, { status: 409 })
          if (refresh === 200) expired = false
          return new Response(null, { status: refresh })
        },
        renewedAt: () => renewedAt,
        person: () => person,
        onRenewed: async () => {
          server.renewals++
          person = next
          renewedAt = justAfterNow()
        },
        onOver: () => {
          server.overs++
        },
        locks: navigator.locks,
        pause: async (milliseconds) => void server.pauses.push(milliseconds),
      }),
  }
  return server
}

/** Later than any request that was sent before, were they of the same millisecond. */
function justAfterNow(): number {
  return Date.now() + 1
}

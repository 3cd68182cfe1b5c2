// Two hundred at once want what is left of a limit: as many get it as there is, however the product runs.
import { billing } from '@lightpress/billing-contract'
import { createHttpClient, isAppError, routesOf } from '@lightpress/protocol'
import { users } from '@lightpress/users-contract'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newPerson, signUp, type Person } from './support/person.ts'
import { topologies, type Product } from './support/topologies.ts'

const AT_ONCE = 200

for (const { name, start } of topologies) {
  describe(`the rest of a limit, ${name}`, { timeout: 120_000 }, () => {
    let stack: Product
    beforeAll(async () => {
      stack = await start()
    })
    afterAll(() => stack?.stop())

    it('is spent by the last ten tasks of two hundred, each once', async () => {
      const ada = await signUp(stack)
      await ada.billing.recordUsage({ meterId: 'tasks', quantity: 90 })
      const answers = await allAtOnce(() => {
        const client = createHttpClient<typeof billing>(routesOf(billing), optionsOf(stack, ada))
        return () => client.recordUsage({ meterId: 'tasks', quantity: 1 })
      })
      const receipts = answers.flatMap(({ done }) => done ?? [])
      expect(receipts.map(({ used }) => used).toSorted((a, b) => a - b)).toEqual([
        ...[91, 92, 93, 94, 95, 96, 97, 98, 99, 100],
      ])
      expect(new Set(receipts.map(({ id }) => id)).size).toBe(10)
      expect(reasonsOf(answers)).toEqual({ 'billing.usage_limit': AT_ONCE - 10 })
      const [usage] = (await ada.billing.getUsage()).items
      expect(usage).toMatchObject({ used: 100, included: 100 })
      expect(usage?.days.at(-1)?.quantity).toBe(100)
    })

    it('is spent by four invitations of two hundred, beside the owner', async () => {
      const ada = await signUp(stack)
      const { id } = await ada.users.createOrganization({ name: 'Analytical Engines' })
      const answers = await allAtOnce(() => {
        const client = createHttpClient<typeof users>(routesOf(users), optionsOf(stack, ada))
        const { email } = newPerson(stack)
        return () => client.inviteMember({ id, email, role: 'member' })
      })
      expect(answers.filter(({ done }) => done)).toHaveLength(4)
      expect(reasonsOf(answers)).toEqual({ 'users.seat_limit': AT_ONCE - 4 })
      expect((await ada.users.listInvitations({ id })).items).toHaveLength(4)
    })
  })
}

/** One program's request: it has a key, so that it can be sent again. */
function optionsOf({ url }: Product, { accessToken }: Person) {
  const headers = { authorization: `Bearer ${accessToken}`, 'idempotency-key': randomUUID() }
  return { baseUrl: url, headers: () => headers }
}

interface Answer<T> {
  done: T | null
  reason: string | null
}

/** Who is told that it cannot be done just now sends it again, as a program would. */
async function allAtOnce<T>(prepare: () => () => Promise<T>): Promise<Answer<T>[]> {
  const requests = Array.from({ length: AT_ONCE }, prepare)
  return Promise.all(
    requests.map(async (send): Promise<Answer<T>> => {
      for (;;) {
        try {
          return { done: await send(), reason: null }
        } catch (error) {
          if (!isAppError(error)) throw error
          if (error.code !== 'unavailable') return { done: null, reason: error.reason }
          await new Promise((resolve) => setTimeout(resolve, 1_000))
        }
      }
    }),
  )
}

function reasonsOf(answers: readonly Answer<unknown>[]): Record<string, number> {
  const reasons = answers.flatMap(({ reason }) => reason ?? [])
  return Object.fromEntries([...Map.groupBy(reasons, (reason) => reason)].map(([reason, all]) => [reason, all.length]))
}

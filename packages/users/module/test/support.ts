import { auth } from '@lightpress/auth-contract'
import { billing } from '@lightpress/billing-contract'
import { newId } from '@lightpress/kernel'
import { notifications } from '@lightpress/notifications-contract'
import { startModule } from '@lightpress/testing'
import { accessChanged, users as contract } from '@lightpress/users-contract'
import { users } from '../src/index.ts'

type Fakes = Record<string, (input: never) => unknown>

const holdsNothing: Fakes = {
  exportData: () => ({ parts: [], nextCursor: null }),
  describeErasure: () => ({ items: [] }),
  releaseData: () => ({ items: [] }),
  eraseData: () => ({ items: [], done: true }),
  readDeliveryStates: () => ({ states: {} }),
}

/**
 * The module on a real database. Auth is played from `addresses`: whose address is which, by the person's id. What a
 * test needs its neighbours to do otherwise it says in `fakes`.
 */
export async function startUsers({
  fakes = {},
  env = {},
}: { fakes?: { auth?: Fakes; billing?: Fakes; notifications?: Fakes }; env?: Record<string, string> } = {}) {
  const addresses = new Map<string, string>()
  const readEmail = ({ userId }: { userId: string }) => ({ email: addresses.get(userId) ?? null })
  const readEntitlements = () => ({ planId: 'business', limits: { members: null, tasks: null }, features: [] })
  const app = await startModule(users, {
    env,
    neighbours: [
      [auth, { ...holdsNothing, readEmail, ...fakes.auth }],
      [billing, { ...holdsNothing, readEntitlements, ...fakes.billing }],
      [notifications, { ...holdsNothing, ...fakes.notifications }],
    ],
  })
  /** Calls an internal operation as another module does. */
  const internal = app.callAs('auth', contract)
  return {
    ...app,
    addresses,
    internal,
    async createPerson(name = 'Ada Lovelace') {
      const userId = newId()
      const email = `${userId}@example.com`
      const { organizationId } = await internal.createUser({ userId, email, name, locale: 'en' })
      addresses.set(userId, email)
      return { userId, email, organizationId, client: app.as(contract, { userId, organizationId, role: 'owner' }) }
    },
    /** A client of an operator, and who that is. */
    operator(userId = newId()) {
      return { userId, client: app.as(contract, { userId, operator: true }) }
    },
    async readUser(userId: string) {
      return (await internal.readPrincipal({ userId, organizationId: null })).user
    },
    /** What was said of a person's access, oldest first. */
    async accessChangesOf(userId: string) {
      const rows = await app.outbox()
      return rows
        .filter(({ type }) => type === accessChanged.type)
        .map(({ payload }) => accessChanged.payload.parse(payload))
        .filter((change) => change.userId === userId)
    },
  }
}

export type App = Awaited<ReturnType<typeof startUsers>>

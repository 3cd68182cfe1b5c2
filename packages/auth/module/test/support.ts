import { randomBytes } from 'node:crypto'
import { auth as contract, type SignedIn } from '@lightpress/auth-contract'
import { fakeNeighbour, newId, serve } from '@lightpress/kernel'
import { AppError, defineContract, type Contract, type Input, type Output, type Problem } from '@lightpress/protocol'
import { startModule, testEnvironment, type RunningModule } from '@lightpress/testing'
import { users as usersContract } from '@lightpress/users-contract'
import { asc, eq, sql } from 'drizzle-orm'
import { auth } from '../src/index.ts'
import { registration } from '../src/schema.ts'

type Users = (typeof usersContract)['operations']

export const password = 'correct horse battery staple'
export const environment = {
  AUTH_KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  SECRETS_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
}

/** Plays users: keeps people in memory, by the rules of the contract. Its functions can be replaced for a while. */
export function createUsers() {
  const people = new Map<
    string,
    {
      email: string
      name: string
      suspended: boolean
      operator: boolean
      roles: Map<string, 'member' | 'admin' | 'owner'>
    }
  >()
  /** Organisations in which nobody acts. */
  const shut = new Set<string>()
  const invitations = new Map<string, { id: string; organizationId: string; email: string; acceptedBy?: string }>()
  return {
    people,
    shut,
    readOrganizationState({
      organizationId,
    }: Input<Users['readOrganizationState']>): Output<Users['readOrganizationState']> {
      return { state: shut.has(organizationId) ? 'suspended' : 'active' }
    },
    /** By what is in their links. */
    invitations,
    /** Somebody is invited to an organisation, as a member. */
    invite(email: string) {
      const [token, id, organizationId] = [newId(), newId(), newId()] as const
      invitations.set(token, { id, organizationId, email })
      return { token, invitationId: id, organizationId }
    },
    readInvitation({ token }: Input<Users['readInvitation']>): Output<Users['readInvitation']> {
      const found = invitations.get(token)
      return { invitation: found && found.acceptedBy === undefined ? { ...found, locale: 'de' } : null }
    },
    acceptInvitationFor({
      invitationId,
      userId,
    }: Input<Users['acceptInvitationFor']>): Output<Users['acceptInvitationFor']> {
      const found = [...invitations.values()].find(({ id }) => id === invitationId)
      if (!found || (found.acceptedBy ?? userId) !== userId) return { organizationId: null }
      found.acceptedBy = userId
      people.get(userId)?.roles.set(found.organizationId, 'member')
      return { organizationId: found.organizationId }
    },
    createUser({ userId, email, name }: Input<Users['createUser']>): Output<Users['createUser']> {
      const taken = [...people].some(([id, person]) => id !== userId && person.email === email)
      if (taken) throw new AppError('conflict', 'users.email_taken', 'Taken.')
      if (!people.has(userId))
        people.set(userId, { email, name, suspended: false, operator: false, roles: new Map([[newId(), 'owner']]) })
      return { userId, organizationId: [...people.get(userId)!.roles.keys()][0]! }
    },
    readUsers({ ids }: Input<Users['readUsers']>): Output<Users['readUsers']> {
      const known = ids.flatMap((id) => {
        const person = people.get(id)
        return person ? [{ id, email: person.email, name: person.name, locale: 'en' as const, timeZone: 'UTC' }] : []
      })
      return { users: known }
    },
    async readPrincipal({
      userId,
      organizationId,
    }: Input<Users['readPrincipal']>): Promise<Output<Users['readPrincipal']>> {
      const person = people.get(userId)
      if (!person) return { user: null, membership: null }
      const { email, name, suspended, operator, roles } = person
      const open = [...roles.keys()].filter((id) => !shut.has(id))
      const at = organizationId === null ? open[0] : open.find((id) => id === organizationId)
      const role = at === undefined ? undefined : roles.get(at)
      return {
        user: { id: userId, email, name, locale: 'en', timeZone: 'UTC', operator, suspended },
        membership: at !== undefined && role ? { organizationId: at, organizationName: 'Org', role } : null,
      }
    },
  }
}
export type FakeUsers = ReturnType<typeof createUsers>

/** `documents`: contracts of the environment, for what stands in them. */
export async function start(
  env: Record<string, string> = {},
  { documents = [] }: { documents?: readonly Contract[] } = {},
): Promise<RunningModule & { users: FakeUsers }> {
  const users = createUsers()
  const app = await startModule(auth, {
    neighbours: [[usersContract, users as never]],
    env: { ...environment, ...env },
    documents,
  })
  return { ...app, users }
}

/** Another process of the same environment, on the same database. */
export async function startAnother({ databaseUrl, users }: { databaseUrl: string; users: FakeUsers }) {
  const server = await serve([auth], {
    env: { ...testEnvironment(databaseUrl), ...environment },
    neighbours: [
      fakeNeighbour(usersContract, users as never),
      fakeNeighbour(defineContract('notifications', {}), { readDeliveryStates: () => ({ states: {} }) }),
    ],
  })
  return { ...server, baseUrl: `http://127.0.0.1:${server.port}` }
}

export interface Answer<T> {
  status: number
  body: T
  headers: Headers
}

interface BrowserOptions {
  origin?: string | null
  /** What a proxy in between adds. */
  through?: Record<string, string>
}

/** Somebody with a cookie jar, as a browser has one: every unsafe request says where it comes from. */
export function createBrowser(baseUrl: string, { origin = baseUrl, through = {} }: BrowserOptions = {}) {
  const cookies = new Map<string, string>()
  return {
    cookies,
    get: <T = Problem>(path: string, headers?: Record<string, string>) => send<T>('GET', path, { headers }),
    delete: <T = Problem>(path: string, headers?: Record<string, string>) => send<T>('DELETE', path, { headers }),
    post: <T = SignedIn & Problem>(path: string, body: object = {}, headers?: Record<string, string>) =>
      send<T>('POST', path, { body, headers }),
    patch: <T = Problem>(path: string, body: object, headers?: Record<string, string>) =>
      send<T>('PATCH', path, { body, headers }),
  }

  async function send<T>(
    method: string,
    path: string,
    { body, headers }: { body?: object; headers: Record<string, string> | undefined },
  ): Promise<Answer<T>> {
    const response = await fetch(baseUrl + path, {
      method,
      ...(body && { body: JSON.stringify(body) }),
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(origin !== null && { origin }),
        ...(cookies.size > 0 && { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') }),
        ...through,
        ...headers,
      },
    })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] as string).split('=')
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    return { status: response.status, body: (await response.json()) as T, headers: response.headers }
  }
}
export type Browser = ReturnType<typeof createBrowser>

export function newEmail(): string {
  return `${newId()}@example.com`
}

/** What the mail of the youngest registration of an address would say. */
export async function readMail(app: RunningModule, email: string) {
  const registrationId = (await registrationsOf(app, email)).at(-1)
  if (!registrationId) throw new Error(`Nobody signed up as ${email}`)
  const { mail } = await app.callAs('notifications', contract).readRegistrationMail({ registrationId })
  return mail
}

/** The ids that were promised to notifications and lead to this address, oldest first. */
export async function registrationsOf(app: RunningModule, email: string): Promise<string[]> {
  const { db } = app.contextFor('auth')
  const rows = await db.select().from(registration).where(eq(registration.email, email)).orderBy(asc(registration.id))
  return rows.map(({ id }) => id)
}

/** Signs up in a browser and gives the token that is in the mail. */
export async function signUp(app: RunningModule, browser: Browser, email = newEmail(), words = password) {
  await browser.post('/v1/auth/sign-up', { email, password: words, name: 'Ada Lovelace' })
  const mail = await readMail(app, email)
  return { email, token: mail?.token ?? '' }
}

/** Somebody with an account, signed in as a program. */
export async function createAccount(app: RunningModule, browser = createBrowser(app.baseUrl)) {
  const { email, token } = await signUp(app, browser)
  const { status, body } = await browser.post('/v1/auth/email/verify', { token })
  if (status !== 200) throw new Error(`verify answered ${status}: ${JSON.stringify(body)}`)
  return { email, ...body, accessToken: body.accessToken!, refreshToken: body.refreshToken! }
}

export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` }
}

/** How many transactions wait for what another one holds. */
export async function countWaiting(app: RunningModule): Promise<number> {
  const { rows } = await app.contextFor('auth').db.execute<{ waiting: number }>(
    sql`select count(*)::int as waiting from pg_locks join pg_stat_activity using (pid)
        where not granted and datname = current_database()`,
  )
  return rows[0]!.waiting
}

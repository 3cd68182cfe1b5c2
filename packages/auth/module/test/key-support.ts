import type { auth, ApiKey, Scope } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import { command, defineContract, query, type Output, type Problem } from '@lightpress/protocol'
import type { RunningModule } from '@lightpress/testing'
import { z } from 'zod'
import { paths } from './session-support.ts'
import { bearer, createAccount, createBrowser, type FakeUsers } from './support.ts'

const nothing = { input: z.object({}), output: z.object({}) }

/** A contract of the environment with something to open for keys of each role. */
export const ledger = defineContract('ledger', {
  readBook: query({ path: '/v1/ledger', access: 'member', scope: 'ledger:read', summary: 'The book.', ...nothing }),
  addLine: command({ path: '/v1/ledger', access: 'member', scope: 'ledger:write', summary: 'A line.', ...nothing }),
  strike: command({
    method: 'DELETE',
    path: '/v1/ledger',
    access: 'admin',
    scope: 'ledger:write',
    summary: 'No line.',
    ...nothing,
  }),
  openVault: command({
    path: '/v1/ledger/vault',
    access: 'owner',
    scope: 'vault:write',
    summary: 'The vault.',
    ...nothing,
  }),
  greet: query({ path: '/v1/ledger/greeting', access: 'user', summary: 'For people.', ...nothing }),
  audit: query({ access: 'service', summary: 'For modules.', ...nothing }),
})

type App = RunningModule & { users: FakeUsers }

/** What somebody wishes who makes a key. */
export const wish = { name: 'CI', scopes: ['ledger:read'], expiresAt: null as string | null }

/** Somebody who is signed in, and calls what there is about keys. */
export async function keeper(app: App, { organizationId, role }: { organizationId?: string; role?: Role } = {}) {
  const account = await createAccount(app)
  let { accessToken } = account
  if (organizationId && role) {
    app.users.people.get(account.user.id)!.roles.set(organizationId, role)
    const { body } = await createBrowser(app.baseUrl).post(paths.switch, { organizationId }, bearer(accessToken))
    accessToken = body.accessToken!
  }
  return { ...account, organizationId: organizationId ?? account.user.organizationId!, ...keysOf(app, accessToken) }
}
type Role = 'member' | 'admin' | 'owner'

/** The same by an access token. */
export function keysOf({ baseUrl }: { baseUrl: string }, accessToken: string) {
  const browser = createBrowser(baseUrl)
  const headers = bearer(accessToken)
  return {
    make: (about: Partial<typeof wish> = {}, more: Record<string, string> = {}) =>
      browser.post<{ apiKey: ApiKey; key: string } & Problem>(
        '/v1/auth/api-keys',
        { ...wish, ...about },
        { ...headers, ...more },
      ),
    list: (search = '') =>
      browser.get<Output<(typeof auth)['operations']['listApiKeys']> & Problem>(`/v1/auth/api-keys${search}`, headers),
    scopes: () => browser.get<{ scopes: Scope[] } & Problem>('/v1/auth/api-keys/scopes', headers),
    revoke: (id: string) => browser.delete<{ status: unknown; reason?: string }>(`/v1/auth/api-keys/${id}`, headers),
  }
}

/** What the seam makes of a key: auth has nothing for keys, so a good one is told that this is for people. */
export async function seamSaysOfKey({ baseUrl }: { baseUrl: string }, key: string): Promise<string> {
  const { body } = await createBrowser(baseUrl).get('/v1/auth/api-keys', bearer(key))
  return body.reason === 'request.people_only' ? 'accepted' : body.reason
}

/** One that nobody made. */
export function madeUpKey(): string {
  const hex = `${newId()}${newId()}${newId()}`.replaceAll('-', '')
  return `lp_${hex.slice(0, 12)}_${hex.slice(12, 76)}`
}

import type { RunningModule } from '@lightpress/testing'
import { desc, eq } from 'drizzle-orm'
import { account, auditEntry, linkedSignIn, session } from '../src/schema.ts'
import { clientId, clientSecret, startOidcProvider, type StandIn } from './oidc-provider.ts'
import { start, type FakeUsers } from './support.ts'

export type App = RunningModule & { users: FakeUsers }

/** Of `testEnvironment`. */
const publicUrl = 'http://localhost:3000'

export function callbackOf(provider: string): string {
  return `${publicUrl}/v1/auth/oidc/${provider}/callback`
}

/** Auth with two providers, of which each is a process of its own to it. */
export async function startWithProviders(): Promise<{
  app: App
  acme: StandIn
  other: StandIn
  close(): Promise<void>
}> {
  const acme = await startOidcProvider(callbackOf('acme'))
  const other = await startOidcProvider(callbackOf('other'))
  const configured = (id: string, name: string, { issuer }: StandIn) => ({ id, name, issuer, clientId, clientSecret })
  const app = await start({
    OIDC_PROVIDERS: JSON.stringify([configured('acme', 'Acme', acme), configured('other', 'Other', other)]),
  })
  return {
    app,
    acme,
    other,
    async close() {
      await app.close()
      await acme.close()
      await other.close()
    },
  }
}

export function accountsOf(app: App, email: string) {
  return app.contextFor('auth').db.select().from(account).where(eq(account.email, email))
}

export function linksOf(app: App, userId: string) {
  return app.contextFor('auth').db.select().from(linkedSignIn).where(eq(linkedSignIn.userId, userId))
}

export function sessionsOf(app: App, userId: string) {
  return app.contextFor('auth').db.select().from(session).where(eq(session.userId, userId))
}

export function peopleCalled(app: App, email: string) {
  return [...app.users.people].filter(([, person]) => person.email === email).map(([id]) => id)
}

/** What the audit log has about a person, the newest first. */
export async function auditOf(app: App, userId: string) {
  const { db } = app.contextFor('auth')
  const rows = await db.select().from(auditEntry).where(eq(auditEntry.userId, userId)).orderBy(desc(auditEntry.id))
  return rows.map(({ action, method }) => (method === null ? action : `${action} ${method}`))
}

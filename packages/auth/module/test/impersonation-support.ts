import type { AuditEntry, SignedIn } from '@lightpress/auth-contract'
import type { Problem } from '@lightpress/protocol'
import type { RunningModule } from '@lightpress/testing'
import { paths } from './session-support.ts'
import { bearer, createAccount, createBrowser, password, type Browser, type FakeUsers } from './support.ts'

export type Auth = RunningModule & { users: FakeUsers }

export const impersonation = '/v1/auth/impersonation'
export const reason = 'Ticket 4711: cannot find the invoice.'

/** Somebody with an account whom users calls an operator, and whose tokens say so. */
export async function createOperator(app: Auth) {
  const { user, email } = await createAccount(app)
  app.users.people.get(user.id)!.operator = true
  const { body } = await createBrowser(app.baseUrl).post(paths.signIn, { email, password })
  return { id: user.id, email, accessToken: body.accessToken!, refreshToken: body.refreshToken! }
}

/** The same, signed in by cookies. */
export async function operatorsBrowser(app: Auth) {
  const { id, email } = await createOperator(app)
  const browser = createBrowser(app.baseUrl)
  await browser.post(paths.signIn, { email, password, mode: 'cookie' })
  return { id, email, browser }
}

/** Acts as somebody, as a program does. */
export async function actAs(app: Auth, person: string, accessToken: string) {
  const { body } = await createBrowser(app.baseUrl).post(impersonation, { person, reason }, bearer(accessToken))
  if (body.accessToken === undefined) throw new Error(`impersonation answered ${JSON.stringify(body)}`)
  return { ...body, accessToken: body.accessToken, refreshToken: body.refreshToken! }
}

/** Acts as somebody in a browser. */
export function actIn(browser: Browser, person: string) {
  return browser.post<SignedIn & Problem>(impersonation, { person, reason, mode: 'cookie' })
}

export function who(browser: Browser, accessToken?: string) {
  return browser.get<{ id: string; userId: string; impersonation: unknown } & Problem>(
    '/v1/auth/session',
    accessToken === undefined ? undefined : bearer(accessToken),
  )
}

export async function entriesOf(app: Auth, search: Record<string, string>, operator: string): Promise<AuditEntry[]> {
  const { body } = await createBrowser(app.baseUrl).get<{ items: AuditEntry[] }>(
    `/v1/auth/audit?${new URLSearchParams({ limit: '100', ...search })}`,
    bearer(operator),
  )
  return body.items
}

import type { RunningModule } from '@lightpress/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { paths } from '../session-support.ts'
import { bearer, createAccount, createBrowser, password, start, type FakeUsers } from '../support.ts'

let app: RunningModule & { users: FakeUsers }
let operator: string
beforeAll(async () => {
  app = await start()
  const { email, user } = await createAccount(app)
  app.users.people.get(user.id)!.operator = true
  const { body } = await createBrowser(app.baseUrl).post(paths.signIn, { email, password })
  operator = body.accessToken!
})
afterAll(() => app.close())

// It came as far as the database, which has no such year, and was answered 500.
it.each(['from', 'until'])('the audit log is not asked %s the year 0', async (bound) => {
  for (const path of ['/v1/auth/audit', '/v1/auth/audit/export']) {
    const search = new URLSearchParams({ [bound]: '0000-01-01T00:00:00Z' })
    const { status, body } = await createBrowser(app.baseUrl).get<{ errors: { path: string }[] }>(
      `${path}?${search}`,
      bearer(operator),
    )
    expect({ status, fields: body.errors.map(({ path }) => path) }).toEqual({ status: 400, fields: [bound] })
  }
})

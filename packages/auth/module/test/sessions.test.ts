import { newId } from '@lightpress/kernel'
import { until, type RunningModule } from '@lightpress/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimsIn, paths, refreshBy, refreshedAgo, seamSays, signedInBrowser, withCookies } from './session-support.ts'
import { bearer, createAccount, createBrowser, password, start, startAnother, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }
/** Another process, where the same must hold. */
let other: Awaited<ReturnType<typeof startAnother>>

beforeAll(async () => {
  app = await start()
  other = await startAnother(app)
})
afterAll(async () => {
  await other.close()
  await app.close()
})

describe('sign-out', () => {
  it('ends the session, tells every process, and takes the cookies away', async () => {
    const { email } = await createAccount(app)
    const program = (await createBrowser(app.baseUrl).post(paths.signIn, { email, password })).body
    const browser = createBrowser(app.baseUrl)
    await browser.post(paths.signIn, { email, password, mode: 'cookie' })
    const cookies = new Map(browser.cookies)
    const access = cookies.get('lightpress_access')!
    expect(await seamSays(other, access)).toBe('accepted')

    expect(await browser.post(paths.signOut)).toMatchObject({ status: 200, body: { status: 'signed_out' } })
    expect([...browser.cookies.keys()]).toEqual(['lightpress_device'])
    expect((await withCookies(app, cookies).post(paths.refresh)).status).toBe(401)
    for (const process of [app, other])
      await until(
        () => seamSays(process, access),
        (says) => says === 'request.session_ended',
        { timeout: 5_000 },
      )
    expect(await seamSays(app, program.accessToken!)).toBe('accepted')
  })

  it('is for whoever is signed in, and not for pages of another site', async () => {
    expect(await createBrowser(app.baseUrl).post(paths.signOut)).toMatchObject({ status: 401 })
    const { browser } = await signedInBrowser(app)
    const { status } = await browser.post(paths.signOut, {}, { origin: 'https://evil.example' })
    expect(status).toBe(403)
    expect((await browser.post(paths.refresh)).status).toBe(200)
  })
})

describe('switching the organisation', () => {
  it('answers a token for the other one, and so does every refresh from then on', async () => {
    const { accessToken, refreshToken: token, user } = await createAccount(app)
    const next = newId()
    app.users.people.get(user.id)!.roles.set(next, 'admin')
    const { status, body } = await createBrowser(app.baseUrl).post(
      paths.switch,
      { organizationId: next },
      bearer(accessToken),
    )
    expect(status).toBe(200)
    expect(body.user).toMatchObject({ organizationId: next, role: 'admin' })
    expect(claimsIn(body.accessToken!)).toMatchObject({ org: next, role: 'admin' })
    expect((await refreshBy(app, token)).body.user).toMatchObject({ organizationId: next, role: 'admin' })
  })

  it('answers a browser with a cookie', async () => {
    const { browser, user } = await signedInBrowser(app)
    const next = newId()
    app.users.people.get(user.id)!.roles.set(next, 'member')
    const { status, body } = await browser.post(paths.switch, { organizationId: next })
    expect(status).toBe(200)
    expect(body.accessToken).toBeUndefined()
    expect(claimsIn(browser.cookies.get('lightpress_access')!)).toMatchObject({ org: next, role: 'member' })
  })

  it.each(['Basic c3RhZ2luZzpzdGFnaW5n', 'Bearer', 'x'])(
    'answers a browser with a cookie although a proxy asks for "%s"',
    async (authorization) => {
      const { browser, user } = await signedInBrowser(app)
      const next = newId()
      app.users.people.get(user.id)!.roles.set(next, 'member')
      const { status, body } = await browser.post(paths.switch, { organizationId: next }, { authorization })
      expect(status).toBe(200)
      expect(body.accessToken).toBeUndefined()
      expect(claimsIn(browser.cookies.get('lightpress_access')!)).toMatchObject({ org: next })
    },
  )

  it('renews no access token by another for whoever does not refresh', async () => {
    const { accessToken, refreshToken: token, user } = await createAccount(app)
    const { organizationId } = user
    const { sid } = claimsIn(accessToken) as { sid: string }
    const ask = (access: string) => createBrowser(app.baseUrl).post(paths.switch, { organizationId }, bearer(access))
    await refreshedAgo(app, sid, { seconds: 290 })
    const last = await ask(accessToken)
    expect(last.status).toBe(200)
    await refreshedAgo(app, sid, { seconds: 301 })
    const refused = await ask(last.body.accessToken!)
    // The reason that an expired one has: clients refresh, and ask again.
    expect(refused).toMatchObject({ status: 401, body: { reason: 'request.token_invalid' } })
    const { body: renewed } = await refreshBy(app, token)
    expect((await ask(renewed.accessToken!)).status).toBe(200)
  })

  it('to one that the person is not in changes nothing, and does not tell whether it exists', async () => {
    const { accessToken, refreshToken: token, user } = await createAccount(app)
    const strangers = (await createAccount(app)).user.organizationId!
    for (const organizationId of [strangers, newId()]) {
      const refused = await createBrowser(app.baseUrl).post(paths.switch, { organizationId }, bearer(accessToken))
      expect(refused).toMatchObject({ status: 404, body: { reason: 'auth.not_a_member' } })
    }
    expect((await refreshBy(app, token)).body.user).toMatchObject({ organizationId: user.organizationId })
  })
})

import { afterAll, beforeAll, expect, it } from 'vitest'
import { createEmulator, type Emulator } from 'emulate'
import { accountsOf, callbackOf, linksOf, type App } from './oidc-support.ts'
import { comeBack, open } from './oidc-visits.ts'
import { createBrowser, start } from './support.ts'

// The emulator reads no blanks in Basic credentials.
const client = { client_id: 'lightpress', client_secret: 'a-secret-of-the-client' }
let okta: Emulator
let issuer: string
let app: App

beforeAll(async () => {
  okta = await createEmulator({
    service: 'okta',
    port: 0,
    seed: {
      okta: {
        users: [{ login: 'ada', email: 'ada@example.com', first_name: 'Ada', last_name: 'Lovelace' }],
        authorization_servers: [{ id: 'default', name: 'default', audiences: ['api://default'] }],
        oauth_clients: [
          { ...client, name: 'Lightpress', redirect_uris: [callbackOf('okta')], auth_server_id: 'default' },
        ],
      },
    },
  })
  issuer = `${okta.url}/oauth2/default`
  const provider = { id: 'okta', name: 'Okta', issuer, clientId: client.client_id, clientSecret: client.client_secret }
  app = await start({ OIDC_PROVIDERS: JSON.stringify([provider]) })
})
afterAll(async () => {
  await app.close()
  await okta.close()
})

it("signs somebody in by Okta's page, as Vercel's emulator has it", async () => {
  const browser = createBrowser(app.baseUrl)
  const { location } = await open(browser, `${app.baseUrl}/v1/auth/oidc/okta/start`)
  expect(location).toContain(`${issuer}/v1/authorize?`)
  const atOkta = { cookies: new Map<string, string>() }
  const page = await open(atOkta, location)
  const { action, fields } = formOf('ada@example.com', page.location)
  const { location: callback } = await open(atOkta, new URL(action, location).href, fields)
  expect(await comeBack(app, browser, callback)).toMatchObject({ path: '/dashboard' })
  const [made] = await accountsOf(app, 'ada@example.com')
  expect(await linksOf(app, made!.userId)).toMatchObject([{ provider: 'okta', issuer }])
  expect(app.users.people.get(made!.userId)?.name).toBe('Ada Lovelace')
})

/** Of a page with a form for each person. */
function formOf(person: string, html: string) {
  const forms = [...html.matchAll(/<form[^>]*action="([^"]*)"[^>]*>(.*?)<\/form>/gs)]
  const [, action = '', inside = ''] = forms.find(([form]) => form.includes(person)) ?? []
  const fields = new URLSearchParams()
  for (const [, name = '', value = ''] of inside.matchAll(/<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"/g))
    fields.set(name, value)
  return { action, fields }
}

// Every secret and name that auth hands out or keeps, in the place of every other one: only where it belongs is it taken.
import { randomBytes } from 'node:crypto'
import { auth as contract } from '@lightpress/auth-contract'
import type { RunningModule } from '@lightpress/testing'
import { desc, eq } from 'drizzle-orm'
import { createSigner } from 'fast-jwt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { trustedDevice } from '../src/device-cookie.ts'
import { account, auditEntry, emailChange, passwordReset, refreshToken, registration } from '../src/schema.ts'
import { hashOf } from '../src/secrets.ts'
import { bearer, createBrowser, newEmail, password, registrationsOf, signUp, start, type FakeUsers } from './support.ts'

const INTERNAL_KEY = randomBytes(32).toString('base64')
let app: RunningModule & { users: FakeUsers }

beforeAll(async () => {
  app = await start({ INTERNAL_KEY })
})
afterAll(() => app.close())

/** A person with one of each, all of them good, and with a registration of somebody who waits. */
async function issue() {
  const { db } = app.contextFor('auth')
  const browser = createBrowser(app.baseUrl)
  const { email, token } = await signUp(app, browser)
  const { body } = await browser.post('/v1/auth/email/verify', { token })
  const [access, refresh] = [body.accessToken!, body.refreshToken!]
  const { id: userId } = body.user
  await browser.post('/v1/auth/sign-in', { email, password, mode: 'cookie' })

  await browser.post('/v1/auth/password/forgot', { email })
  const [reset] = await db.select().from(passwordReset).orderBy(desc(passwordReset.id)).limit(1)
  const notifications = app.callAs('notifications', contract)
  const { mail: resetMail } = await notifications.readPasswordResetMail({ passwordResetId: reset!.id })
  await browser.post('/v1/auth/email/change', { email: newEmail(), password })
  const [change] = await db.select().from(emailChange).where(eq(emailChange.userId, userId))
  const { mails } = await notifications.readEmailChangeMails({ emailChangeId: change!.id })

  const waiting = createBrowser(app.baseUrl)
  const { email: waitingEmail, token: registrationLink } = await signUp(app, waiting)
  const [registrationId] = (await registrationsOf(app, waitingEmail)) as [string]

  const [family] = await db
    .select()
    .from(refreshToken)
    .where(eq(refreshToken.hash, hashOf(refresh)))
  const [entry] = await db.select().from(auditEntry).where(eq(auditEntry.userId, userId)).limit(1)
  const [stored] = await db.select().from(registration).where(eq(registration.id, registrationId))
  const [own] = await db.select().from(account).where(eq(account.userId, userId))
  const device = browser.cookies.get('lightpress_device')!
  const secrets = {
    'access token': access,
    'refresh token': refresh,
    'link that verifies': registrationLink,
    'link that resets': resetMail!.token,
    'link to the old address': mails[0]!.token!,
    'link to the new address': mails[1]!.token!,
    'registration cookie': waiting.cookies.get('lightpress_registration')!,
    'device cookie': device,
    'name of a device': device.split('.')[0]!,
    'proof of a device': device.split('.')[1]!,
    'token of a call between services': signCall('auth.readEmail'),
    'kid of a signing key': kidOf(access),
    'id of a registration': registrationId,
    'id of a reset': reset!.id,
    'id of a change of address': change!.id,
    'id of an entry of the audit log': entry!.id,
    'id of a session': family!.sessionId,
    'id of a person': userId,
    'stored hash of a refresh token': family!.hash,
    'stored hash of a registration cookie': stored!.browserHash,
    'stored hash of a password': own!.passwordHash,
    password: password,
    nothing: '',
  }
  return { userId, registrationLink, registrationCookie: secrets['registration cookie'], secrets }
}

type Issued = Awaited<ReturnType<typeof issue>>
type Purpose = keyof Issued['secrets']

function signCall(operation: string): string {
  const header = { alg: 'HS256', typ: 'lightpress-call+jwt' }
  const sign = createSigner<object>({
    key: Buffer.from(INTERNAL_KEY, 'base64'),
    algorithm: 'HS256',
    header,
    expiresIn: 60_000,
  })
  const request = { requestId: 'a-request', traceparent: '', ip: null, userAgent: null, idempotencyKey: null }
  return sign({
    iss: 'users',
    aud: operation,
    caller: { identity: null, apiKey: null, service: null },
    request,
    budget: 5_000,
  })
}

function kidOf(token: string): string {
  return (JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as { kid: string }).kid
}

const ACCEPTED = 'accepted'

async function reasonOf(answer: Promise<Response>): Promise<string> {
  const response = await answer
  const { reason } = (await response.json()) as { reason?: string }
  return response.ok ? ACCEPTED : `${response.status} ${reason}`
}

function get(headers: Record<string, string>) {
  return reasonOf(fetch(`${app.baseUrl}/v1/auth/sessions`, { headers }))
}

function post(path: string, body: object, cookie?: string) {
  return reasonOf(
    fetch(app.baseUrl + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', origin: app.baseUrl, ...(cookie !== undefined && { cookie }) },
    }),
  )
}

interface Consumer {
  takes: Purpose[]
  /** What it says to all else. */
  refuses: string
  inBody?: true
  ask(secret: string, issued: Issued): Promise<string>
}

const tokenInvalid = '401 request.token_invalid'
const signInRequired = '401 request.sign_in_required'
const refreshInvalid = '401 auth.refresh_token_invalid'
const linkInvalid = '400 auth.token_invalid'

const consumers: Record<string, Consumer> = {
  Authorization: { takes: ['access token'], refuses: tokenInvalid, ask: (secret) => get(bearer(secret)) },
  'the access cookie': {
    takes: ['access token'],
    refuses: tokenInvalid,
    ask: (secret) => get({ cookie: `lightpress_access=${secret}` }),
  },
  'a refresh by body': {
    takes: ['refresh token'],
    refuses: refreshInvalid,
    inBody: true,
    ask: (secret) => post('/v1/auth/token/refresh', { refreshToken: secret }),
  },
  'a refresh by cookie': {
    takes: ['refresh token'],
    refuses: refreshInvalid,
    ask: (secret) => post('/v1/auth/token/refresh', {}, `lightpress_refresh=${secret}`),
  },
  'a verification': {
    takes: ['link that verifies'],
    refuses: linkInvalid,
    inBody: true,
    ask: (secret, { registrationCookie }) =>
      post('/v1/auth/email/verify', { token: secret }, `lightpress_registration=${registrationCookie}`),
  },
  'the registration cookie': {
    takes: ['registration cookie'],
    refuses: '401 auth.password_required',
    ask: (secret, { registrationLink }) =>
      post('/v1/auth/email/verify', { token: registrationLink }, `lightpress_registration=${secret}`),
  },
  'a reset': {
    takes: ['link that resets'],
    refuses: linkInvalid,
    inBody: true,
    ask: (secret) => post('/v1/auth/password/reset', { token: secret, password: 'another horse, another staple' }),
  },
  'a confirmation of a new address': {
    takes: ['link to the old address', 'link to the new address'],
    refuses: linkInvalid,
    inBody: true,
    ask: (secret) => post('/v1/auth/email/change/confirm', { token: secret }),
  },
  'the internal port': {
    takes: ['token of a call between services'],
    refuses: '401 seam.token_invalid',
    ask: (secret, { userId }) =>
      reasonOf(
        fetch(`http://127.0.0.1:${app.internalPort}/internal/auth/readEmail`, {
          method: 'POST',
          body: JSON.stringify({ userId }),
          headers: { 'content-type': 'application/json', ...bearer(secret) },
        }),
      ),
  },
  'the device cookie': {
    takes: ['device cookie'],
    refuses: 'unknown',
    async ask(secret, { userId }) {
      const request = { cookies: { lightpress_device: secret } } as never
      const ctx = app.contextFor('auth') as unknown as AuthContext
      const [known] = await ctx.db.select().from(account).where(eq(account.userId, userId))
      const device = trustedDevice({ request }, known, ctx)
      return device === undefined ? 'unknown' : ACCEPTED
    },
  },
}

describe.each(Object.entries(consumers))('%s', (name, { takes, refuses, inBody, ask }) => {
  let issued: Issued
  beforeAll(async () => {
    issued = await issue()
  })

  it('refuses whatever belongs elsewhere, then takes what belongs here', async () => {
    const said: Partial<Record<Purpose, string>> = {}
    const purposes = Object.keys(issued.secrets) as Purpose[]
    const belongsHere = (purpose: Purpose) => takes.includes(purpose)
    // What belongs here comes last: to be taken it must have outlived all the others.
    for (const purpose of [...purposes.filter((one) => !belongsHere(one)), ...takes])
      said[purpose] = await ask(issued.secrets[purpose], issued)
    const expected = Object.fromEntries(
      purposes.map((purpose) => [purpose, belongsHere(purpose) ? ACCEPTED : refusalOf(purpose)]),
    )
    expect(said).toEqual(expected)
  })

  function refusalOf(purpose: Purpose): string {
    // No header or cookie is nobody, and that is no error by itself.
    if (purpose === 'nothing' && ['Authorization', 'the access cookie'].includes(name)) return signInRequired
    // An access token is longer than any link or refresh token may be.
    return inBody && issued.secrets[purpose].length > 500 ? '400 request.invalid' : refuses
  }
})

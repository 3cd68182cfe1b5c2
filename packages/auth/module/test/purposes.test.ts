// Every secret and name that auth hands out or keeps, in the place of every other one: only where it belongs is it taken.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { trustedDevice } from '../src/device-cookie.ts'
import { account, allowance } from '../src/schema.ts'
import type { TicketPurpose } from '../src/tickets.ts'
import { codeOf } from './factor-support.ts'
import type { Auth } from './impersonation-support.ts'
import { contextOf, INTERNAL_KEY, issueSecrets, type Issued, type Purpose } from './issued-secrets.ts'
import { open } from './oidc-visits.ts'
import { passkeyPaths, siteOf } from './passkey-support.ts'
import { bearer, createBrowser, start, type Answer, type Browser } from './support.ts'

let app: Auth

beforeAll(async () => {
  app = await start({ INTERNAL_KEY })
})
afterAll(() => app.close())

const ACCEPTED = 'accepted'

async function reasonOf(answer: Promise<Answer<{ reason?: string }>>): Promise<string> {
  const { status, body } = await answer
  return status < 300 ? ACCEPTED : `${status} ${body.reason}`
}

function get(headers: Record<string, string>) {
  return reasonOf(createBrowser(app.baseUrl).get('/v1/auth/sessions', headers))
}

/** From a page that holds this cookie, or this browser's. */
function post(path: string, body: object, from: string | Browser = '') {
  if (typeof from !== 'string') return reasonOf(from.post(path, body))
  const browser = createBrowser(app.baseUrl)
  const [name = '', value = ''] = from.split('=')
  if (name !== '') browser.cookies.set(name, value)
  return reasonOf(browser.post(path, body))
}

interface Consumer {
  takes: Purpose[]
  /** What it says to all else. */
  refuses: string
  /** But for these. */
  except?: Partial<Record<Purpose, string>>
  /** How much it reads: what is longer is refused unread. */
  longest?: number
  ask(secret: string, issued: Issued): Promise<string>
}

const tokenInvalid = '401 request.token_invalid'
const signInRequired = '401 request.sign_in_required'
const refreshInvalid = '401 auth.refresh_token_invalid'
const linkInvalid = '400 auth.token_invalid'
const challengeInvalid = '400 auth.challenge_invalid'
const ofApiKeys = {
  'API key': '403 request.people_only',
  'prefix of an API key': '401 request.api_key_invalid',
} as const
const accessTokens: Purpose[] = ['access token', 'access token of an operator in their place']

const consumers: Record<string, Consumer> = {
  Authorization: {
    takes: accessTokens,
    refuses: tokenInvalid,
    except: { ...ofApiKeys, nothing: signInRequired },
    ask: (secret) => get(bearer(secret)),
  },
  'what only the person can do': {
    takes: ['access token'],
    refuses: tokenInvalid,
    except: {
      'access token of an operator in their place': '403 request.impersonating',
      ...ofApiKeys,
      nothing: signInRequired,
    },
    ask: (secret) => reasonOf(createBrowser(app.baseUrl).delete('/v1/auth/email/change', bearer(secret))),
  },
  'the access cookie': {
    takes: accessTokens,
    refuses: tokenInvalid,
    except: { nothing: signInRequired },
    ask: (secret) => get({ cookie: `lightpress_access=${secret}` }),
  },
  'a refresh by body': {
    takes: ['refresh token'],
    refuses: refreshInvalid,
    longest: 500,
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
    longest: 500,
    ask: (secret, { secrets }) =>
      post('/v1/auth/email/verify', { token: secret }, `lightpress_registration=${secrets['registration cookie']}`),
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
    longest: 500,
    ask: (secret) => post('/v1/auth/password/reset', { token: secret, password: 'another horse, another staple' }),
  },
  'a confirmation of a new address': {
    takes: ['link to the old address', 'link to the new address'],
    refuses: linkInvalid,
    longest: 500,
    ask: (secret) => post('/v1/auth/email/change/confirm', { token: secret }),
  },
  'a cancellation of a recovery': {
    takes: ['link that cancels a recovery'],
    refuses: linkInvalid,
    longest: 500,
    ask: (secret) => post('/v1/auth/recovery/cancel', { token: secret }),
  },
  'a completion of a recovery': {
    takes: ['link that completes a recovery'],
    refuses: linkInvalid,
    longest: 500,
    ask: (secret, { challenge, half }) => post('/v1/auth/recovery/complete', { challenge, token: secret }, half),
  },
  'the browser cookie': {
    takes: ['browser cookie'],
    refuses: linkInvalid,
    ask: (secret, { secrets }) =>
      post('/v1/auth/magic-link/sign-in', { token: secrets['ticket magic-link'] }, `lightpress_browser=${secret}`),
  },
  'the internal port': {
    takes: ['token of a call between services'],
    refuses: '401 seam.token_invalid',
    ask: (secret, { userId }) =>
      reasonOf(
        createBrowser(`http://127.0.0.1:${app.internalPort}`, { origin: null }).post(
          '/internal/auth/readEmail',
          { userId },
          bearer(secret),
        ),
      ),
  },
  'the device cookie': {
    takes: ['device cookie'],
    refuses: 'unknown',
    async ask(secret, { userId }) {
      const request = { cookies: { lightpress_device: secret } } as never
      const ctx = contextOf(app)
      const [known] = await ctx.db.select().from(account).where(eq(account.userId, userId))
      const device = trustedDevice({ request }, known, ctx)
      return device === undefined ? 'unknown' : ACCEPTED
    },
  },
}

/** One for each purpose of tickets, by the rule of TypeScript. */
const ofTickets: Record<TicketPurpose, Pick<Consumer, 'ask'> & Partial<Consumer>> = {
  'magic-link': {
    refuses: linkInvalid,
    longest: 500,
    ask: (secret, { half }) => post('/v1/auth/magic-link/sign-in', { token: secret }, half),
  },
  'second-factor': {
    ask: (secret, { half, totpSecret }) =>
      post('/v1/auth/totp/verify', { challenge: secret, code: codeOf(totpSecret), mode: 'cookie' }, half),
  },
  'passkey-registration': {
    ask: (secret, { page, authenticator, asked }) => {
      const answer = authenticator.create(asked.registering.options, siteOf(app))
      return post(passkeyPaths.passkeys, { ticket: secret, answer }, page)
    },
  },
  'passkey-sign-in': {
    ask: (secret, { half, authenticator, asked }) => {
      const answer = authenticator.get(asked.signingIn.options, siteOf(app))
      return post(passkeyPaths.signIn, { ticket: secret, answer }, half)
    },
  },
  'passkey-second-factor': {
    ask: (secret, { half, challenge, authenticator, asked }) => {
      const answer = authenticator.get(asked.verifying.options, siteOf(app))
      return post(passkeyPaths.verify, { challenge, ticket: secret, answer }, half)
    },
  },
  'passkey-step-up': {
    ask: (secret, { page, authenticator, asked }) => {
      const answer = authenticator.get(asked.steppingUp.options, siteOf(app))
      return post(passkeyPaths.stepUp, { proof: { kind: 'passkey', ticket: secret, answer } }, page)
    },
  },
  oidc: {
    refuses: 'link_expired',
    longest: 500,
    async ask(secret, { half }) {
      const query = new URLSearchParams({ state: secret })
      const landed = await open(half, `${app.baseUrl}/v1/auth/oidc/acme/callback?${query}`)
      if (landed.status === 400) return '400 request.invalid'
      // No provider is configured: whoever comes as far as to look for it has a good state.
      return landed.query.problem === 'provider_failed' ? ACCEPTED : String(landed.query.problem)
    },
  },
}

for (const [name, consumer] of Object.entries(ofTickets)) {
  const takes: Purpose[] = [`ticket ${name as TicketPurpose}`]
  consumers[`what goes on with a ${name}`] = { takes, refuses: challengeInvalid, longest: 200, ...consumer }
}

describe.each(Object.entries(consumers))('%s', (_, { takes, refuses, except = {}, longest = Infinity, ask }) => {
  let issued: Issued
  beforeAll(async () => {
    await contextOf(app).db.delete(allowance)
    issued = await issueSecrets(app)
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
    return except[purpose] ?? (issued.secrets[purpose].length > longest ? '400 request.invalid' : refuses)
  }
})

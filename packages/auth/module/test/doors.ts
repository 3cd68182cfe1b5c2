import type { auth as contract, SecondFactor } from '@lightpress/auth-contract'
import type { Person, World } from './door-people.ts'
import { codeOf, forgetUse } from './factor-support.ts'
import { askForMagicLink, followMagicLink } from './links.ts'
import { signInBy } from './oidc-visits.ts'
import { browserAt, passkeyPaths, siteOf, startSignIn } from './passkey-support.ts'
import { password, type Answer, type Browser } from './support.ts'

export type OperationName = keyof (typeof contract)['operations']

/** Whoever came through a door, and what they hold now. */
export interface Arrival {
  browser: Browser
  /** How they hold what they are given. */
  mode: 'cookie' | 'token'
  /** What is left to do, if anything. */
  challenge: string | null
  factors: string[]
  /** Of the answer, with its tokens if there were any. */
  body: object
}

export interface Door {
  /** The operations that it consists of. */
  operations: OperationName[]
  go: (person: Person, world: World) => Promise<Arrival>
}

/** Each proves one factor, or none but a provider's word. */
export const firstDoors: Record<string, Door> = {
  'password in a browser': { operations: ['signIn'], go: (person, world) => byPassword(person, world, 'cookie') },
  'password in a program': { operations: ['signIn'], go: (person, world) => byPassword(person, world, 'token') },
  'a link of a mail': {
    operations: ['signInWithMagicLink'],
    async go({ email }, { app }) {
      const browser = browserAt(app)
      const { token } = await askForMagicLink(app, email, browser)
      return arrive(browser, 'cookie', await followMagicLink(token, browser))
    },
  },
  'another provider': {
    operations: ['startOidcSignIn', 'finishOidc'],
    async go({ subject, email }, { app, acme }) {
      const browser = browserAt(app)
      acme.visitor = { sub: subject, email, email_verified: true }
      const { status, path, fragment } = await signInBy(app, browser, 'acme')
      if (status !== 302 || !['/dashboard', '/sign-in/second-factor'].includes(path))
        throw new Error(`The callback led to ${path} (${status})`)
      const { challenge = null, factors = '', ...rest } = fragment
      return { browser, mode: 'cookie', challenge, factors: factors.split(',').filter(Boolean), body: rest }
    },
  },
}

/** Proves both factors at once. */
export const passkeyDoor: Door = {
  operations: ['startPasskeySignIn', 'signInWithPasskey'],
  async go({ authenticator }, { app }) {
    const browser = browserAt(app)
    const { ticket, options } = await startSignIn(browser)
    const answer = authenticator.get(options, siteOf(app))
    return arrive(browser, 'cookie', await browser.post(passkeyPaths.signIn, { ticket, answer }))
  },
}

export interface Half {
  operations: OperationName[]
  /** Makes it possible to prove it once more, as if time had passed. */
  renew?: (person: Person, world: World) => Promise<void>
  /** Ends a sign-in with what `person` has. */
  end: (person: Person, arrival: Arrival, world: World) => Promise<Answer<unknown>>
}

/** Each ends what was begun at one of the doors. */
export const secondHalves: Record<SecondFactor, Half> = {
  totp: {
    operations: ['verifyTotp'],
    renew: ({ userId }, { app }) => forgetUse(app, userId),
    end: ({ secret }, { browser, challenge, mode }) =>
      browser.post('/v1/auth/totp/verify', { challenge, code: codeOf(secret), mode }),
  },
  recovery_code: {
    operations: ['verifyRecoveryCode'],
    end: ({ recoveryCodes: [code] }, { browser, challenge, mode }) =>
      browser.post('/v1/auth/recovery-codes/verify', { challenge, code, mode }),
  },
  passkey: {
    operations: ['startPasskeyVerification', 'verifyPasskey'],
    async end({ authenticator }, { browser, challenge }, { app }) {
      const begun = await browser.post<Begun>(passkeyPaths.startVerification, { challenge })
      if (begun.status !== 200) return begun
      const { ticket, options } = begun.body
      // Whatever it has: whether it was asked for is not for the authenticator to judge.
      const answer = authenticator.get({ ...options, allowCredentials: [] }, siteOf(app))
      return browser.post(passkeyPaths.verify, { challenge, ticket, answer })
    },
  },
}
type Begun = Awaited<ReturnType<typeof startSignIn>>

async function byPassword({ email }: Person, { app }: World, mode: Arrival['mode']): Promise<Arrival> {
  const browser = browserAt(app)
  return arrive(browser, mode, await browser.post('/v1/auth/sign-in', { email, password, mode }))
}

function arrive(browser: Browser, mode: Arrival['mode'], { status, body }: Answer<object>): Arrival {
  if (status !== 200) throw new Error(`The door answered ${status}: ${JSON.stringify(body)}`)
  const { challenge = null, factors = [] } = body as { challenge?: string; factors?: string[] }
  return { browser, mode, challenge, factors, body }
}

/** What of an answer would be a session. */
export function tokensIn(answer: object): string[] {
  return Object.keys(answer).filter((name) => /token/i.test(name))
}

/** What a browser holds that is one. */
export function sessionCookies({ cookies }: Browser): string[] {
  return [...cookies.keys()].filter((name) => /access|refresh/.test(name))
}

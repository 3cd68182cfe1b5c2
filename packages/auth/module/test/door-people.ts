import type { SecondFactor } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import { linkedSignIn } from '../src/schema.ts'
import { createAuthenticator, type Authenticator } from './authenticator.ts'
import { addTotp } from './factor-support.ts'
import type { StandIn } from './oidc-provider.ts'
import type { App } from './oidc-support.ts'
import { addPasskey, browserAt, siteOf } from './passkey-support.ts'
import { bearer, createBrowser, signUp } from './support.ts'

/** Where the walk takes place: auth, and a provider of OpenID Connect whose visitor can be anybody. */
export interface World {
  app: App
  acme: StandIn
}

/** What an account has, and with what of it its owner can still end a sign-in. */
export interface Kind {
  factors: SecondFactor[]
  atHand: SecondFactor[]
}

export const kinds: Record<string, Kind> = {
  'no second factor': { factors: [], atHand: [] },
  'an authenticator app': { factors: ['totp', 'recovery_code'], atHand: ['totp', 'recovery_code'] },
  'a passkey': { factors: ['passkey', 'recovery_code'], atHand: ['passkey', 'recovery_code'] },
  'an app and a passkey': {
    factors: ['passkey', 'totp', 'recovery_code'],
    atHand: ['passkey', 'totp', 'recovery_code'],
  },
  'an app that is lost, and its recovery codes': { factors: ['totp', 'recovery_code'], atHand: ['recovery_code'] },
}

export interface Person {
  userId: string
  email: string
  accessToken: string
  refreshToken: string
  /** Of the link by which the account was made. */
  registrationLink: string
  /** Who they are at the provider. */
  subject: string
  /** Of the authenticator app. */
  secret: string
  authenticator: Authenticator
  recoveryCodes: string[]
}

/** Somebody with such an account, who has linked a sign-in at the provider. */
export async function createPerson({ app, acme }: World, { factors }: Kind): Promise<Person> {
  const browser = browserAt(app)
  const { email, token: registrationLink } = await signUp(app, browser)
  const { body } = await browser.post('/v1/auth/email/verify', { token: registrationLink })
  const person: Person = {
    ...{ userId: body.user.id, email, accessToken: body.accessToken!, refreshToken: body.refreshToken! },
    registrationLink,
    subject: newId(),
    secret: '',
    // It counts nothing, so two answers can be given at the same time.
    authenticator: createAuthenticator({ synced: true }),
    recoveryCodes: [],
  }
  const { userId, subject, accessToken } = person
  const linked = { id: newId(), userId, provider: 'acme', issuer: acme.issuer, subject }
  await app.contextFor('auth').db.insert(linkedSignIn).values(linked)
  if (factors.includes('totp')) {
    const { secret, recoveryCodes } = await addTotp(app, accessToken)
    person.secret = secret
    person.recoveryCodes = recoveryCodes ?? []
  }
  if (factors.includes('passkey')) {
    // In the same session: the first factor ends every other one.
    const page = createBrowser(siteOf(app), { through: bearer(accessToken) })
    const { body } = await addPasskey(app, page, person.authenticator)
    person.recoveryCodes = body.recoveryCodes ?? person.recoveryCodes
  }
  return person
}

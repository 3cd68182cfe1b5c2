import type { Passkey } from '@lightpress/auth-contract'
import type { Problem } from '@lightpress/protocol'
import type { RunningModule } from '@lightpress/testing'
import { createAuthenticator, type Authenticator, type CreationOptions, type RequestOptions } from './authenticator.ts'
import { createAccount, createBrowser, password, type Answer, type Browser } from './support.ts'

export const passkeyPaths = {
  startRegistration: '/v1/auth/passkeys/registration',
  passkeys: '/v1/auth/passkeys',
  startSignIn: '/v1/auth/passkeys/sign-in/options',
  signIn: '/v1/auth/passkeys/sign-in',
  startVerification: '/v1/auth/passkeys/verify/options',
  verify: '/v1/auth/passkeys/verify',
  startStepUp: '/v1/auth/step-up/passkey',
  stepUp: '/v1/auth/step-up',
}

/** Where our pages are: passkeys are for a name, so not where the tests of all else ask. */
export function siteOf({ port }: RunningModule): string {
  return `http://localhost:${port}`
}

export function browserAt(app: RunningModule): Browser {
  return createBrowser(siteOf(app))
}

/** A new person, signed in by cookies in a browser that can do passkeys. */
export async function newPerson(app: RunningModule) {
  const { email, user } = await createAccount(app)
  const browser = browserAt(app)
  await browser.post('/v1/auth/sign-in', { email, password, mode: 'cookie' })
  return { email, userId: user.id, browser }
}

/** The same, with a passkey. */
export async function newPersonWithPasskey(app: RunningModule, authenticator = createAuthenticator()) {
  const person = await newPerson(app)
  const { body } = await addPasskey(app, person.browser, authenticator)
  return { ...person, authenticator, passkey: body.passkey, recoveryCodes: body.recoveryCodes }
}

interface Asked<Options> {
  ticket: string
  options: Options
}
interface Added {
  passkey: Passkey
  recoveryCodes: string[] | null
}

export async function startRegistration(browser: Browser): Promise<Asked<CreationOptions>> {
  return (await expectOk(browser.post<Asked<CreationOptions>>(passkeyPaths.startRegistration))).body
}

export async function addPasskey(
  app: RunningModule,
  browser: Browser,
  authenticator: Authenticator,
  name?: string,
): Promise<Answer<Added>> {
  const { ticket, options } = await startRegistration(browser)
  const answer = authenticator.create(options, siteOf(app))
  return expectOk(browser.post<Added>(passkeyPaths.passkeys, { ticket, answer, ...(name !== undefined && { name }) }))
}

export async function startSignIn(browser: Browser): Promise<Asked<RequestOptions>> {
  return (await expectOk(browser.post<Asked<RequestOptions>>(passkeyPaths.startSignIn))).body
}

export async function startVerification(browser: Browser, challenge: string): Promise<Asked<RequestOptions>> {
  return (await expectOk(browser.post<Asked<RequestOptions>>(passkeyPaths.startVerification, { challenge }))).body
}

export async function startStepUp(browser: Browser): Promise<Asked<RequestOptions>> {
  return (await expectOk(browser.post<Asked<RequestOptions>>(passkeyPaths.startStepUp))).body
}

/** Begins to sign in by password, in a browser, and gives the challenge of the second factor. */
export async function beginSignIn(app: RunningModule, email: string, browser = browserAt(app)) {
  const { body } = await browser.post<{ challenge: string; factors: string[] }>('/v1/auth/sign-in', {
    email,
    password,
    mode: 'cookie',
  })
  return { browser, challenge: body.challenge, factors: body.factors }
}

/** What it came to, in a word. */
export function said({ status, body }: Answer<unknown>): string {
  return status < 300 ? 'done' : `${status} ${(body as Problem).reason}`
}

async function expectOk<T>(asked: Promise<Answer<T>>): Promise<Answer<T>> {
  const answer = await asked
  if (answer.status < 300) return answer
  throw new Error(`It answered ${answer.status}: ${JSON.stringify(answer.body)}`)
}

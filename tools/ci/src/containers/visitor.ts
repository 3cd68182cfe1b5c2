import { randomBytes } from 'node:crypto'
import { auth } from '@lightpress/auth-contract'
import { billing } from '@lightpress/billing-contract'
import { readMails, type Mail } from '@lightpress/mailbox'
import { notifications } from '@lightpress/notifications-contract'
import { createHttpClient, routesOf, type Client } from '@lightpress/protocol'
import { users } from '@lightpress/users-contract'
import { Failure } from '../deploy/failure.ts'
import { until } from './project.ts'

/** Where a product that runs is found. */
export interface Place {
  url: string
  mailbox: string
}

/** Somebody with an account and a program: what they may call, of every service, through the one origin. */
export interface Visitor {
  email: string
  auth: Client<typeof auth>
  users: Client<typeof users>
  billing: Client<typeof billing>
  notifications: Client<typeof notifications>
}

const PASSWORD = 'correct horse battery'

/** Signs up as people do, by the link in the mail. */
export async function signUp(place: Place): Promise<Visitor> {
  const visitor = visitorAt(place, `visitor-${randomBytes(6).toString('hex')}@example.com`)
  await visitor.auth.signUp({ email: visitor.email, password: PASSWORD, name: 'Grace Hopper' })
  const mail = await mailTo(place, visitor.email, ({ html }) => html?.includes('/verify#token=') ?? false)
  const token = decodeURIComponent(/\/verify#token=([^"&\s]+)/.exec(mail.html ?? '')?.[1] ?? '')
  const { accessToken } = await visitor.auth.verifyEmail({ token, password: PASSWORD })
  return visitorAt(place, visitor.email, accessToken)
}

/** Signs in with a password; throws when that takes anything more. */
export async function signIn(place: Place, { email, password }: { email: string; password: string }): Promise<Visitor> {
  const answer = await visitorAt(place, email).auth.signIn({ email, password })
  if ('mfaRequired' in answer) throw new Failure(`${email} has a second factor.`)
  return visitorAt(place, email, answer.accessToken)
}

/** Waits for a mail to this address that fits. */
export async function mailTo({ mailbox }: Place, email: string, fits: (mail: Mail) => boolean): Promise<Mail> {
  const found = await until(
    async () => (await readMails(mailbox)).find((mail) => mail.to.includes(email) && fits(mail)),
    (mail) => mail !== undefined,
    { what: `No such mail came to ${email}`, seconds: 60 },
  )
  return found as Mail
}

function visitorAt({ url: baseUrl }: Place, email: string, accessToken?: string): Visitor {
  const headers = (): Record<string, string> => (accessToken ? { authorization: `Bearer ${accessToken}` } : {})
  const options = { baseUrl, headers }
  return {
    email,
    auth: createHttpClient(routesOf(auth), options),
    users: createHttpClient(routesOf(users), options),
    billing: createHttpClient(routesOf(billing), options),
    notifications: createHttpClient(routesOf(notifications), options),
  }
}

import { randomBytes } from 'node:crypto'
import { auth } from '@lightpress/auth-contract'
import { billing } from '@lightpress/billing-contract'
import type { Stack } from '@lightpress/dev'
import { readMails, type Mail } from '@lightpress/mailbox'
import { notifications } from '@lightpress/notifications-contract'
import { createHttpClient, routesOf, type Client } from '@lightpress/protocol'
import { until as untilWithin } from '@lightpress/testing'
import { users } from '@lightpress/users-contract'

/** Where the product is, and where its mails are. */
export type Place = Pick<Stack, 'url' | 'mailbox'>

export interface Person {
  name: string
  email: string
  password: string
  auth: Client<typeof auth>
  users: Client<typeof users>
  billing: Client<typeof billing>
  notifications: Client<typeof notifications>
  /** What this person's program sends as its bearer token; null when signed out. */
  accessToken: string | null
  refreshToken: string | null
}

/** Somebody with a program: clients of all modules, through the one origin. Not signed up yet. */
export function newPerson({ url }: Pick<Stack, 'url'>, name = 'Ada Lovelace'): Person {
  const person = {
    name,
    email: `ada-${randomBytes(6).toString('hex')}@example.com`,
    password: 'correct horse battery',
    accessToken: null,
    refreshToken: null,
  } as Person
  const options = {
    baseUrl: url,
    headers: () =>
      person.accessToken ? { authorization: `Bearer ${person.accessToken}` } : ({} as Record<string, string>),
  }
  person.auth = createHttpClient(routesOf(auth), options)
  person.users = createHttpClient(routesOf(users), options)
  person.billing = createHttpClient(routesOf(billing), options)
  person.notifications = createHttpClient(routesOf(notifications), options)
  return person
}

export async function signUp(stack: Place, name?: string): Promise<Person> {
  const person = newPerson(stack, name)
  await person.auth.signUp({ email: person.email, password: person.password, name: person.name })
  await verify(stack, person)
  return person
}

/** Follows the link of the newest verification mail. */
export async function verify(stack: Place, person: Person): Promise<void> {
  const mail = await mailTo(stack, person.email, ({ html }) => html?.includes('/verify#token=') ?? false)
  const token = decodeURIComponent(/\/verify#token=([^"&\s]+)/.exec(mail.html ?? '')?.[1] ?? '')
  take(person, await person.auth.verifyEmail({ token, password: person.password }))
}

export async function signIn(person: Person): Promise<void> {
  const answer = await person.auth.signIn({ email: person.email, password: person.password })
  if ('mfaRequired' in answer) throw new TypeError(`${person.email} has a second factor`)
  take(person, answer)
}

export function take(
  person: Person,
  signedIn: { accessToken?: string | undefined; refreshToken?: string | undefined },
): void {
  person.accessToken = signedIn.accessToken ?? null
  person.refreshToken = signedIn.refreshToken ?? null
}

/** Waits for a mail to this address; the newest that fits. */
export async function mailTo(
  { mailbox }: Pick<Stack, 'mailbox'>,
  email: string,
  fits: (mail: Mail) => boolean = () => true,
): Promise<Mail> {
  return until(
    async () => (await readMails(mailbox)).filter((mail) => mail.to.includes(email) && fits(mail)).at(-1),
    (mail) => mail !== undefined,
  ) as Promise<Mail>
}

/** Fills in the stand-in's payment page as a browser would. */
export async function pay(url: string): Promise<Response> {
  const form = {
    email: 'ada@example.com',
    cardNumber: '4242 4242 4242 4242',
    cardExpiry: '12 / 34',
    cardCvc: '123',
    name: 'Ada Lovelace',
  }
  return fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })
}

export interface Stream {
  events: { event: string; id: string | null; data: unknown }[]
  ended: Promise<void>
  close(): void
}

/** The person's server-sent events, as they come. */
export async function openStream(
  { url }: Pick<Stack, 'url'>,
  { accessToken }: Person,
  lastEventId?: string,
): Promise<Stream> {
  const controller = new AbortController()
  const response = await fetch(`${url}/v1/notifications/stream`, {
    headers: {
      authorization: `Bearer ${accessToken}`,
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
    signal: controller.signal,
  })
  if (!response.ok || !response.body) throw new Error(`The stream answered ${response.status}`)
  const events: Stream['events'] = []
  const ended = read(response.body, events).catch(() => undefined)
  return { events, ended, close: () => controller.abort() }
}

async function read(body: ReadableStream<Uint8Array>, events: Stream['events']): Promise<void> {
  let rest = ''
  for await (const chunk of body.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
    const blocks = (rest + chunk).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const fields = Object.fromEntries(
        block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      )
      if (fields.event)
        events.push({ event: fields.event, id: fields.id ?? null, data: JSON.parse(fields.data ?? 'null') })
    }
  }
}

/** Waits for something that happens by itself; whole processes take longer than a module in a test does. */
export function until<T>(look: () => Promise<T> | T, holds: (value: T) => boolean, timeout = 60_000): Promise<T> {
  return untilWithin(look, holds, { timeout })
}

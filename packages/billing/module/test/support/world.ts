import { billing as contract } from '@lightpress/billing-contract'
import { kernelTables, newId } from '@lightpress/kernel'
import { AppError, type Client } from '@lightpress/protocol'
import { createStripeEmulator, type StripeEmulator } from '@lightpress/stripe-emulator'
import { startModule, until, type RunningModule } from '@lightpress/testing'
import { users } from '@lightpress/users-contract'
import { and, eq, isNull } from 'drizzle-orm'
import Stripe from 'stripe'
import { billing } from '../../src/index.ts'
import { openGate, type Gate } from './gate.ts'
import { openPostOffice, type PostOffice } from './post-office.ts'

export const webhookSecret = 'whsec_for_tests'

/** The module on a real PostgreSQL, with the real SDK, before the stand-in; a gate on the way there, a post office back. */
export interface World {
  app: RunningModule
  emulator: StripeEmulator
  /** Stripe as its desk sees it: past the gate. */
  stripe: Stripe
  gate: Gate
  post: PostOffice
  /** Organisations that are being erased, as users says it. */
  closed: Set<string>
  /** Their owners where these are not Ada alone, first the one who has been it longest. */
  owners: Map<string, Owner[]>
  /** How many members they have where that is not one. */
  members: Map<string, number>
  /** Whether users can be asked. */
  users: { away: boolean }
  webhookUrl: string
  close(): Promise<void>
}

export type Owner = ReturnType<typeof newOwner>

export function newOwner(name: string) {
  const email = `${name.toLowerCase()}@example.com`
  return { id: newId(), email, name, locale: 'en' as const, timeZone: 'UTC' }
}

const ada = newOwner('Ada')

export async function createWorld(env: Record<string, string> = {}): Promise<World> {
  const webhookUrl = () => `${app.baseUrl}/v1/billing/webhooks/stripe`
  const post = await openPostOffice(webhookUrl)
  const emulator = await createStripeEmulator({ webhooks: [{ url: post.url, secret: webhookSecret }], log: () => {} })
  const { url } = await emulator.listen()
  const gate = await openGate(url)
  const closed = new Set<string>()
  const owners = new Map<string, Owner[]>()
  const members = new Map<string, number>()
  const neighbour = { away: false }
  const requireThere = () => {
    if (neighbour.away) throw new AppError('unavailable', 'service.unavailable', 'users cannot be reached.')
  }
  const requireOpen = (organizationId: string) => {
    if (closed.has(organizationId))
      throw new AppError('not_found', 'users.organization_not_found', 'There is no such organisation.')
  }
  const readOrganizationState = ({ organizationId }: { organizationId: string }) => {
    requireThere()
    return { state: closed.has(organizationId) ? ('closed' as const) : ('active' as const) }
  }
  const readMembers = ({ organizationId }: { organizationId: string }) => {
    requireThere()
    requireOpen(organizationId)
    return { organizationName: 'Analytical Engines', members: owners.get(organizationId) ?? [ada] }
  }
  const countMembers = ({ organizationId }: { organizationId: string }) => {
    requireThere()
    requireOpen(organizationId)
    return { members: members.get(organizationId) ?? 1 }
  }
  const readOrganizationNames = ({ ids }: { ids: string[] }) => {
    requireThere()
    const there = ids.filter((id) => !closed.has(id))
    return { organizations: there.map((id) => ({ id, name: 'Analytical Engines' })) }
  }
  const app: RunningModule = await startModule(billing, {
    neighbours: [[users, { readMembers, readOrganizationNames, countMembers, readOrganizationState }]],
    env: {
      STRIPE_SECRET_KEY: 'sk_test_billing',
      STRIPE_WEBHOOK_SECRET: webhookSecret,
      STRIPE_API_BASE: gate.url,
      RETRY_DELAY: '50',
      ...env,
    },
  })
  const { hostname, port } = new URL(url)
  return {
    app,
    emulator,
    gate,
    post,
    closed,
    owners,
    members,
    users: neighbour,
    stripe: new Stripe('sk_test_desk', { host: hostname, port, protocol: 'http' }),
    webhookUrl: webhookUrl(),
    async close() {
      await app.close()
      await emulator.close()
      await gate.close()
      await post.close()
    },
  }
}

export interface Organization {
  id: string
  client: Client<typeof contract>
}

/** An organisation that nobody has seen before, and its owner. */
export function newOrganization({ app }: World): Organization {
  const id = newId()
  return { id, client: app.as(contract, { organizationId: id, role: 'owner' }) }
}

/** Fills in the payment page as a person would. */
export async function pay(url: string, cardNumber = '4242 4242 4242 4242'): Promise<Response> {
  const form = { email: 'ada@example.com', cardNumber, cardExpiry: '12 / 34', cardCvc: '123', name: 'Ada Lovelace' }
  return fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })
}

/** Chooses Pro for three people and pays for it; the webhooks do the rest, unless they are held. */
export async function subscribe({ client }: Organization): Promise<void> {
  const { url } = await client.startCheckout({ planId: 'pro', interval: 'month', seats: 3 })
  const answer = await pay(url)
  if (answer.status !== 303) throw new Error(`The payment page answered ${answer.status}: ${await answer.text()}`)
}

export function untilActive({ client }: Organization) {
  return until(
    () => client.getSubscription(),
    ({ planId, status }) => planId === 'pro' && status === 'active',
  )
}

/** What listeners were told about an organisation, in order. */
export async function toldAbout({ app }: World, { id }: Organization) {
  const rows = await app.outbox()
  // By id: what one transaction published has one time, and ids grow.
  return rows
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .filter(({ kind, payload }) => kind === 'event' && (payload as { organizationId: string }).organizationId === id)
    .map(({ type, payload }) => ({ type, payload: payload as Record<string, unknown> }))
}

/** Until whatever was set in motion has come to rest: no webhook on its way, no job that waits or runs. */
export async function untilQuiet({ app, stripe }: World): Promise<void> {
  // Many may be on their way, and each makes its customer be read.
  const patiently = { timeout: 60_000 }
  const { db } = app.contextFor('billing')
  const { outbox, inbox } = kernelTables('billing')
  const jobs = () => db.select().from(outbox).leftJoin(inbox, eq(inbox.id, outbox.id)).where(unfinished)
  const unfinished = and(eq(outbox.kind, 'job'), isNull(inbox.id))
  await until(
    async () => (await stripe.events.list({ limit: 100 })).data.filter(({ pending_webhooks: n }) => n > 0).length,
    (pending) => pending === 0,
    patiently,
  )
  await until(jobs, (waiting) => waiting.length === 0, patiently)
}

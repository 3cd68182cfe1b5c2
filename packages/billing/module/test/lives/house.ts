import { billing as contract } from '@lightpress/billing-contract'
import { kernelTables, newId } from '@lightpress/kernel'
import { createControl, createStripeEmulator, type Control } from '@lightpress/stripe-emulator'
import { startModule, until, type RunningModule } from '@lightpress/testing'
import { membershipChanged, users } from '@lightpress/users-contract'
import { and, eq, gte, inArray, isNull, lt, or, sql } from 'drizzle-orm'
import Stripe from 'stripe'
import { billing } from '../../src/index.ts'
import type { BillingContext } from '../../src/context.ts'
import { reconcileCommand } from '../../src/reconcile.ts'
import { schedules } from '../../src/schedules.ts'
import * as tables from '../../src/schema.ts'
import { openGate } from '../support/gate.ts'
import { newOwner, webhookSecret, type Organization } from '../support/world.ts'
import { openMail, type Mail } from './mail.ts'
import { createWeather, type Weather } from './weather.ts'

/** One process of the product, in which many organisations live one after the other, each with a Stripe of its own. */
export interface House {
  app: RunningModule
  mail: Mail
  weather: Weather
  /** Lets an organisation move in: it has its owner, and Stripe has never heard of it. */
  moveIn(): Promise<Tenant>
  /** Until nothing is under way: no webhook, no job. */
  quiet(): Promise<void>
  /** Has everything compared with Stripe, as every night. */
  reconcile(): Promise<void>
  /** What the clock has done from minute to minute. */
  tick(): Promise<void>
  close(): Promise<void>
}

export interface Tenant extends Organization {
  /** Stripe as its desk sees it: nothing goes wrong there. */
  stripe: Stripe
  control: Control
  /** How many people there are. */
  members: number
  /** Tells the product that there are so many. */
  setMembers(members: number): Promise<void>
  /** Stripe's id of it; undefined while it is no customer. */
  customerId(): Promise<string | undefined>
  /** Has the product hear something from Stripe now, so that it knows how late it is there. */
  hear(): Promise<void>
  moveOut(): Promise<void>
}

/** The schedules that do nothing but look after what is owed. */
const minutely = new Set(['look-again', 'look-at-time', 'settle-usage'])

const owner = newOwner('Ada')
/** More people than ever live here. */
const others = Array.from({ length: 40 }, (_, at) => newOwner(`Member${at}`))

export async function openHouse(): Promise<House> {
  const mail = await openMail(() => `${app.baseUrl}/v1/billing/webhooks/stripe`)
  const gate = await openGate('http://127.0.0.1:9')
  const tenants = new Map<string, { members: number }>()
  const membersOf = (organizationId: string) => tenants.get(organizationId)?.members ?? 1
  const app: RunningModule = await startModule(billing, {
    neighbours: [
      [
        users,
        {
          readOrganizationState: () => ({ state: 'active' as const }),
          countMembers: ({ organizationId }: { organizationId: string }) => ({ members: membersOf(organizationId) }),
          readMembers: ({ organizationId, roles }: { organizationId: string; roles: string[] }) => ({
            organizationName: 'Analytical Engines',
            members: [
              ...(roles.includes('owner') ? [owner] : []),
              ...(roles.includes('member') ? others.slice(0, membersOf(organizationId) - 1) : []),
            ],
          }),
        },
      ],
    ],
    env: {
      STRIPE_SECRET_KEY: 'sk_test_lives',
      STRIPE_WEBHOOK_SECRET: webhookSecret,
      STRIPE_API_BASE: gate.url,
      RETRY_DELAY: '20',
    },
  })
  const ctx = app.contextFor('billing') as unknown as BillingContext
  const { db } = ctx
  const { outbox, inbox } = kernelTables('billing')
  const dead = new Set<string>()

  async function quiet(): Promise<void> {
    const ours = or(eq(outbox.kind, 'job'), eq(outbox.listener, 'billing'))
    const soon = lt(outbox.availableAt, sql`now() + interval '5 seconds'`)
    const recent = gte(outbox.createdAt, sql`now() - interval '5 minutes'`)
    await until(
      () =>
        db
          .select({ type: outbox.type })
          .from(outbox)
          .leftJoin(inbox, eq(inbox.id, outbox.id))
          .where(and(ours, soon, recent, isNull(inbox.id))),
      (waiting) => waiting.length === 0,
    )
    const failed = await db.select().from(inbox).where(eq(inbox.state, 'dead'))
    const news = failed.filter(({ id }) => !dead.has(id))
    for (const { id } of news) dead.add(id)
    // Where Stripe was away too often, what is owed is asked for again later.
    const first = news.find(({ error }) => !error?.includes('cannot be reached'))
    if (first) throw new Error(`The job ${first.type} was given up: ${first.error}`)
  }

  async function moveIn(): Promise<Tenant> {
    const emulator = await createStripeEmulator({
      webhooks: [{ url: mail.url, secret: webhookSecret }],
      clock: nextMonth(),
      log: () => {},
    })
    const { url } = await emulator.listen()
    gate.upstream = url
    const { hostname, port } = new URL(url)
    const id = newId()
    const mine = { members: 1 }
    tenants.set(id, mine)
    const customerId = async () => {
      const [row] = await db.select().from(tables.customer).where(eq(tables.customer.organizationId, id))
      return row?.stripeCustomerId
    }
    const stripe = new Stripe('sk_test_desk', { host: hostname, port, protocol: 'http' })
    const control = createControl(url)
    return {
      id,
      client: app.as(contract, { organizationId: id, role: 'owner' }),
      stripe,
      control,
      customerId,
      async hear() {
        const customer = await customerId()
        if (customer === undefined) return
        const { prompt } = mail
        mail.prompt = true
        await stripe.customers.update(customer, { metadata: { heardAt: String((await control.clock.read()).now) } })
        await control.deliveries.settled()
        mail.prompt = prompt
      },
      get members() {
        return mine.members
      },
      async setMembers(members) {
        const change = members > mine.members ? ('joined' as const) : ('left' as const)
        mine.members = members
        const role = change === 'joined' ? ('member' as const) : null
        const told = { organizationId: id, userId: newId(), change, role, actorId: null }
        const { state, error } = await app.deliver(membershipChanged, told)
        if (state !== 'done') throw new Error(`membershipChanged was given up: ${error}`)
      },
      async moveOut() {
        await emulator.close()
        await forget(id, await customerId())
        tenants.delete(id)
      },
    }
  }

  /** Whoever comes next is not to hear of this one, of whom their Stripe knows nothing. */
  async function forget(organizationId: string, customerId: string | undefined): Promise<void> {
    const { customer, stripeEvent, ...rest } = tables
    const { subscription, invoice, checkout, change, usageEntry, usageTotal, usageDay } = rest
    for (const table of [subscription, invoice, checkout, change, usageEntry, usageTotal, usageDay])
      await db.delete(table).where(eq(table.organizationId, organizationId))
    await db.delete(rest.pendingCustomer).where(eq(rest.pendingCustomer.organizationId, organizationId))
    if (customerId !== undefined)
      await db.delete(stripeEvent).where(inArray(stripeEvent.stripeCustomerId, [customerId]))
    await db.delete(customer).where(eq(customer.organizationId, organizationId))
  }

  return {
    app,
    mail,
    weather: createWeather(gate),
    moveIn,
    quiet,
    async reconcile() {
      await reconcileCommand.run({ args: [] }, ctx)
    },
    async tick() {
      const longAgo = sql`now() - interval '11 minutes'`
      await db.update(tables.customer).set({
        requestedAt: longAgo,
        contactDueAt: sql`contact_due_at - interval '11 minutes'`,
        seatsDueAt: sql`seats_due_at - interval '11 minutes'`,
      })
      for (const { name, run } of schedules) if (minutely.has(name)) await run(ctx)
    },
    async close() {
      await app.close()
      await gate.close()
      await mail.close()
    },
  }
}

/** Where Stripe's clock stands at first: ahead of ours, and with each of a month's replays at the same time of the month. */
function nextMonth(): Date {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 15, 10))
}

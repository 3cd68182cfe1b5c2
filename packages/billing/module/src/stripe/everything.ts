import type { Stripe as Sdk } from 'stripe'
import { z } from 'zod'
import type { BillingContext } from '../context.ts'
import { patiently } from '../patience.ts'
import { ask, idOf, unlessMissing, type Stripe } from './client.ts'
import { kinds, toEvent, type StripeEvent } from './events.ts'
import { addRefunds, toInvoice, type FoundInvoice, type Refunds } from './invoice-readings.ts'
import { readSchedule, toSubscription, type FoundSubscription } from './readings.ts'

// What there is on the whole account, page by page: as many requests as there are pages, however many customers.

/** Something of a customer's; an error where it could not be understood, which keeps nobody else's from being read. */
export interface Owned<T> {
  customerId: string
  /** As whoever made it wrote it there. */
  organizationId: string | null
  found: T | { error: unknown }
}

export interface SentEvent extends StripeEvent {
  /** Whether there is an endpoint that has not got it yet. */
  pending: boolean
}

/** What Stripe told, or was to tell, of the kinds that concern us; it knows thirty days of it. */
export async function* eventPages(since: Date, ctx: BillingContext): AsyncGenerator<SentEvent[]> {
  const created = { gte: seconds(since) }
  for (const kind of kinds) {
    const type = kind.endsWith('.') ? `${kind}*` : kind
    for await (const page of pages(ctx, (stripe, at) => stripe.events.list({ ...at, type, created })))
      yield page.map((event) => ({
        ...toEvent(event, ctx.config.STRIPE_SECRET_KEY),
        pending: event.pending_webhooks > 0,
      }))
  }
}

export async function* customerPages(ctx: BillingContext): AsyncGenerator<string[]> {
  for await (const page of pages(ctx, (stripe, at) => stripe.customers.list(at))) yield page.map(({ id }) => id)
}

/** Every subscription to a plan of ours, ended ones included. */
export async function* subscriptionPages(ctx: BillingContext): AsyncGenerator<Owned<FoundSubscription>[]> {
  const schedules = await readSchedules(ctx)
  const scheduleOf = async (id: string) => schedules.get(id) ?? (await readSchedule(id, ctx.nextStep()))
  const expand = ['data.customer', 'data.discounts.source.coupon']
  const list = (stripe: Stripe, at: At) => stripe.subscriptions.list({ ...at, status: 'all', expand })
  for await (const page of pages(ctx, list)) {
    const read: Owned<FoundSubscription>[] = []
    for (const subscription of page) {
      const found = await readable(() => toSubscription(subscription, scheduleOf))
      if (found) read.push({ ...ownerOf(subscription), found })
    }
    yield read
  }
}

/** As it is now; undefined for what is not ours, or not there any more. */
export async function readSubscription(id: string, ctx: BillingContext): Promise<FoundSubscription | undefined> {
  const expand = ['customer', 'discounts.source.coupon']
  const found = await unlessMissing(ask(ctx, (stripe) => stripe.subscriptions.retrieve(id, { expand })))
  return found ? toSubscription(found, (schedule) => readSchedule(schedule, ctx)) : undefined
}

/** Those that may still change, and those of the time since. */
export async function* invoicePages(since: Date, ctx: BillingContext): AsyncGenerator<Owned<FoundInvoice>[]> {
  const created = { gte: seconds(since) }
  const refunds: Refunds = new Map()
  for await (const page of pages(ctx, (stripe, at) => stripe.charges.list({ ...at, created })))
    addRefunds(refunds, page)
  const expand = ['data.payments']
  for (const which of [{ created }, { status: 'draft' }, { status: 'open' }, { status: 'uncollectible' }] as const) {
    for await (const page of pages(ctx, (stripe, at) => stripe.invoices.list({ ...at, ...which, expand }))) {
      const read: Owned<FoundInvoice>[] = []
      for (const invoice of page) {
        if (!invoice.customer) continue
        const found = await readable(async () => toInvoice(invoice, refunds))
        read.push({ customerId: idOf(invoice.customer), organizationId: null, found })
      }
      yield read
    }
  }
}

/** Those that still have something to do; by their ids. */
async function readSchedules(ctx: BillingContext): Promise<Map<string, Sdk.SubscriptionSchedule>> {
  const running = new Map<string, Sdk.SubscriptionSchedule>()
  const expand = ['data.phases.items.price']
  for await (const page of pages(ctx, (stripe, at) => stripe.subscriptionSchedules.list({ ...at, expand }))) {
    for (const schedule of page)
      if (schedule.status === 'active' || schedule.status === 'not_started') running.set(schedule.id, schedule)
  }
  return running
}

interface At {
  limit: number
  starting_after?: string
}

/** Newest first. Each page has a deadline of its own, and is asked for again while Stripe is busy. */
async function* pages<T extends { id: string }>(
  ctx: BillingContext,
  list: (stripe: Stripe, at: At) => Promise<{ data: T[]; has_more: boolean }>,
): AsyncGenerator<T[]> {
  let at: At = { limit: 100 }
  for (;;) {
    const { data, has_more: more } = await patiently(() => ask(ctx.nextStep(), (stripe) => list(stripe, at)))
    yield data
    const last = data.at(-1)
    if (!more || !last) return
    at = { limit: 100, starting_after: last.id }
  }
}

async function readable<T>(read: () => Promise<T>): Promise<T | { error: unknown }> {
  try {
    return await read()
  } catch (error) {
    return { error }
  }
}

function ownerOf({ customer, metadata }: Sdk.Subscription): { customerId: string; organizationId: string | null } {
  const theirs = typeof customer === 'string' || customer.deleted ? undefined : customer.metadata.organizationId
  return {
    customerId: idOf(customer),
    // Anybody at Stripe's desk can write anything there.
    organizationId: z.uuid().safeParse(metadata.organizationId ?? theirs).data ?? null,
  }
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1_000)
}

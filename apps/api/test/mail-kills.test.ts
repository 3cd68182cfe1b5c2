import { invoicePaid } from '@lightpress/billing-contract'
import { money } from '@lightpress/billing-contract/money'
import { requires } from '@lightpress/local'
import { readMails } from '@lightpress/mailbox'
import { nightly, seed } from '@lightpress/testing'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startMailDoor, type MailDoor } from './support/mail-door.ts'
import { signUp, until, type Person } from './support/person.ts'
import { startStack, type Stack } from './support/stack.ts'

const KILLS = nightly ? 100 : 5
const EVENTS = nightly ? 1_000 : 100
/** Milliseconds for a job whose worker was killed to be somebody else's: its lock, and the look for such jobs. */
const ABANDONED = 10_000

const queues = [{ queue: 'postgres' as const }, ...(requires('redis-server') ? [{ queue: 'redis' as const }] : [])]

describe.each(queues)('notifications, killed again and again, over $queue', ({ queue }) => {
  let stack: Stack
  let database: pg.Client
  let door: MailDoor
  const random = randomFrom(seed)
  beforeAll(async () => {
    door = await startMailDoor(() => 50 + random() * 200)
    stack = await startStack({ topology: 'split', queue, env: { RESEND_BASE_URL: door.url } })
    door.leadTo(stack.mailbox)
    database = new pg.Client({ connectionString: stack.databaseUrl })
    await database.connect()
  })
  afterAll(async () => {
    await database?.end()
    await stack?.stop()
    door?.close()
  })

  it(
    `sends one mail for each of ${EVENTS} events, none twice and none never`,
    async () => {
      const ada = await signUp(stack)
      const { items } = await ada.users.listOrganizations()
      const organizationId = items[0]?.id as string
      const each = EVENTS / KILLS
      for (let kill = 0; kill < KILLS; kill++) {
        await pay(organizationId, kill * each, each)
        // Mails are at the provider, and nobody here knows it yet.
        await until(door.unanswered, (count) => count > 0, 60_000)
        await sleep(random() * 300)
        await stack.kill('notifications', 'SIGKILL')
        await stack.restart('notifications')
      }
      const settled = await until(statesOf, (rows) => rows.every(({ state }) => state === 'done'), 300_000)
      expect(settled).toEqual([{ state: 'done', count: EVENTS }])
      await until(unsent, (count) => count === 0, 300_000)
      // What was taken and not acknowledged is taken again by now.
      await sleep(ABANDONED)
      const subjects = await receiptsOf(ada)
      expect(subjects.toSorted()).toEqual(Array.from({ length: EVENTS }, (_, index) => subjectOf(index)).toSorted())
      expect(await messages()).toEqual([{ status: 'sent', count: EVENTS }])
      // The kills struck: mails that had been taken were sent again, and it was the key that kept them from coming twice.
      expect(await triedAgain()).toBeGreaterThan(0)
      const others = (await readMails(stack.mailbox)).length - EVENTS
      expect(door.keys.length - others).toBeGreaterThan(EVENTS)
    },
    nightly ? 1_800_000 : 300_000,
  )

  /** Paid invoices, as billing commits them. */
  async function pay(organizationId: string, from: number, count: number): Promise<void> {
    const payloads = Array.from({ length: count }, (_, index) => ({
      organizationId,
      invoiceId: crypto.randomUUID(),
      number: numberOf(from + index),
      planId: 'pro',
      total: money(1_200, 'eur'),
      paidAt: '2026-11-20T12:00:00Z',
      hostedUrl: null,
    }))
    await database.query(
      `insert into billing.outbox (id, listener, kind, type, payload, origin)
       select gen_random_uuid(), 'notifications', 'event', $1, payload, '{"requestId":"kills","traceparent":""}'
       from jsonb_array_elements($2) as payload`,
      [invoicePaid.type, JSON.stringify(payloads.map((payload) => invoicePaid.payload.parse(payload)))],
    )
  }

  async function count(sql: string, values: unknown[] = []) {
    return (await database.query<{ state: string; status: string; count: number }>(sql, values)).rows
  }

  function statesOf() {
    return count('select state, count(*)::int as count from billing.outbox where type = $1 group by state', [
      invoicePaid.type,
    ])
  }

  async function unsent(): Promise<number> {
    const [row] = await count("select count(*)::int as count from notifications.message where status = 'pending'")
    return row?.count ?? 0
  }

  function messages() {
    return count(
      "select status, count(*)::int as count from notifications.message where template = 'receipt' group by status",
    )
  }

  async function triedAgain(): Promise<number> {
    const [row] = await count('select count(*)::int as count from notifications.message where attempts > 1')
    return row?.count ?? 0
  }

  async function receiptsOf({ email }: Person): Promise<string[]> {
    const mails = await readMails(stack.mailbox)
    return mails
      .filter(({ to, subject }) => to.includes(email) && subject.includes('LP-'))
      .map(({ subject }) => subject)
  }
})

const numberOf = (index: number) => `LP-${String(index).padStart(4, '0')}`
const subjectOf = (index: number) => `Your receipt for invoice ${numberOf(index)}`

/** Mulberry32: the same numbers from the same seed. */
function randomFrom(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

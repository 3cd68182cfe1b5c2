import { randomUUID } from 'node:crypto'
import { invoicePaid } from '@lightpress/billing-contract'
import { money } from '@lightpress/billing-contract/money'
import { startRedis } from '@lightpress/local'
import { cpuSeconds } from '../process.ts'
import { round, type Result } from '../result.ts'
import { openHouse, untilCame, type House } from './house.ts'

const WARM_UP = 200
const EVENTS = 2_000
/** As many as a publisher commits together. */
const BATCH = 100

/** How many events become mails in a second, when the provider takes all there are. */
export async function measureMails({ databaseUrl }: { databaseUrl: string }): Promise<Result> {
  const rows: Result['rows'] = {}
  const redis = await startRedis()
  const house = await openHouse(databaseUrl)
  try {
    const queues = [['PostgreSQL', databaseUrl] as const, ...(redis ? [['Redis', redis.url] as const] : [])]
    for (const [queue, queueUrl] of queues) rows[queue] = await measureOn(house, queueUrl)
  } finally {
    await house.close()
    await redis?.stop()
  }
  return {
    title: 'Events to e-mails',
    about: `${EVENTS} paid invoices, committed as fast as they go, each a receipt to one person: from the first commit until a provider that answers at once has the last mail. Through outbox, relay, queue, inbox, the log of mails, a job in its lane, two questions to users and the rendering, in one process of the notifications service. The lane lets 10,000 a second through here; Resend's own limit is 2.`,
    rows,
  }
}

async function measureOn(house: House, queueUrl: string) {
  const { process } = await house.startService({ QUEUE_URL: queueUrl })
  try {
    await send(house, { queueUrl, count: WARM_UP })
    const cpu = cpuSeconds(process.pid)
    const seconds = await send(house, { queueUrl, count: EVENTS })
    return {
      'mails a second': round(EVENTS / seconds, 0),
      'ms of CPU a mail': round(((cpuSeconds(process.pid) - cpu) * 1_000) / EVENTS, 1),
    }
  } finally {
    await process.stop()
  }
}

/** Seconds from the first commit to the last mail. */
async function send(house: House, { queueUrl, count }: { queueUrl: string; count: number }): Promise<number> {
  const { mails } = house
  mails.clear()
  const began = performance.now()
  for (let at = 0; at < count; at += BATCH) {
    const events = Array.from({ length: BATCH }, (_, index) => ({
      type: invoicePaid.type,
      payload: invoicePaid.payload.parse({
        organizationId: randomUUID(),
        invoiceId: randomUUID(),
        number: `B-${at + index}`,
        planId: 'pro',
        total: money(1_200, 'eur'),
        paidAt: '2026-11-20T12:00:00Z',
        hostedUrl: null,
      }),
    }))
    await house.publish(events, queueUrl)
  }
  await untilCame(count, { what: 'mails', came: () => mails.size })
  return (Math.max(...mails.values()) - began) / 1_000
}

import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { describeError, summarizeError } from '../../src/logging.ts'
import { outboxOf } from '../support/events-suite.ts'
import { startWorld } from '../support/start.ts'

it('neither logs nor tables repeat the parameters of a failed query', async () => {
  const world = await startWorld('one process')
  try {
    const { db } = world.servers[0]!.contextFor('ping')
    const error: unknown = await db
      .execute(sql`select 1/0 where ${'erika@example.com'} <> ''`)
      .catch((reason: unknown) => reason)
    expect(JSON.stringify(describeError(error))).not.toContain('erika@example.com')
    expect(summarizeError(error)).toMatch(/Failed query: .*division by zero/s)
  } finally {
    await world.close()
  }
})

it('the outbox keeps of a request what it asked for and what joins the traces, and nobody’s address', async () => {
  const world = await startWorld('one process')
  try {
    await world.ping.happen({ note: 'x' })
    const [row] = await outboxOf(world)
    expect(Object.keys(row?.origin ?? {}).sort()).toEqual(['operation', 'requestId', 'traceparent'])
  } finally {
    await world.close()
  }
})

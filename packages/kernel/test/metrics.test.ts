import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineJob, enqueue, newId, type ModuleContext } from '../src/index.ts'
import { ping, pong } from './support/modules.ts'
import { scrape, valueOf, type Scrape } from './support/scrape.ts'
import { startWorld, topologies, until, type World } from './support/start.ts'

describe.each(topologies)('metrics, in %s', (topology) => {
  let world: World
  beforeAll(async () => {
    world = await startWorld(topology, { RETRY_DELAY: '1' })
  })
  afterAll(() => world.close())

  const ping = () => scrape(world.servers[0]?.internalPort)
  const pong = () => scrape(world.servers.at(-1)?.internalPort)

  it('count requests and calls by operation and by what became of them', async () => {
    await world.ping.relayEcho({ text: 'a' })
    await world.ping.relayRefusal({ code: 'conflict' }).catch(() => undefined)
    const seen = await ping()
    expect(valueOf(seen, 'lightpress_http_requests_total', { operation: 'ping.relayEcho', code: '200' })).toBe(1)
    expect(valueOf(seen, 'lightpress_http_requests_total', { operation: 'ping.relayRefusal', code: '409' })).toBe(1)
    expect(valueOf(seen, 'lightpress_http_request_duration_seconds_count', { operation: 'ping.relayEcho' })).toBe(1)
    const refused = { from: 'ping', operation: 'pong.refuse', code: 'conflict' }
    expect(valueOf(seen, 'lightpress_calls_total', refused)).toBe(1)
    const way = topology === 'one process' ? 'process' : 'network'
    expect(valueOf(seen, 'lightpress_call_duration_seconds_count', { operation: 'pong.echo', way })).toBe(1)
  })

  it('name no path, id or address: whatever is asked for that there is not is one', async () => {
    const [secret, id] = ['erika@example.com', newId()]
    await fetch(`${world.baseUrl}/v1/nowhere/${id}?mail=${secret}`)
    await fetch(`${world.baseUrl}/v1/ping/list/${id}?tag=${secret}`)
    await fetch(`${world.baseUrl}/health/ready`)
    const seen = await ping()
    expect(valueOf(seen, 'lightpress_http_requests_total', { operation: 'none', code: '404' })).toBe(1)
    expect(valueOf(seen, 'lightpress_http_requests_total', { operation: 'ping.list', code: '200' })).toBe(1)
    expect(seen.text).not.toContain(secret)
    expect(seen.text).not.toContain(id)
    expect(seen.text).not.toContain('nowhere')
    expect(seen.text).not.toContain('health')
  })

  it('tell how the database, the outbox, the queues and Node itself are doing', async () => {
    await world.ping.happen({ note: `counted ${newId()}` })
    await until(pong, (seen) => {
      const done = { module: 'pong', kind: 'event', type: 'ping.thing.happened.v1', outcome: 'done' }
      return valueOf(seen, 'lightpress_deliveries_total', done) === 1
    })
    const [publisher, listener] = [await ping(), await pong()]
    expect(valueOf(publisher, 'lightpress_database_query_duration_seconds_count', { module: 'ping' })).toBeGreaterThan(
      0,
    )
    const committed = { module: 'ping', outcome: 'committed' }
    expect(valueOf(publisher, 'lightpress_database_transactions_total', committed)).toBeGreaterThan(0)
    expect(valueOf(publisher, 'lightpress_database_pool_max_connections', { module: 'ping' })).toBe(10)
    expect(valueOf(publisher, 'lightpress_database_pool_waiting', { module: 'ping' })).toBe(0)
    expect(valueOf(publisher, 'lightpress_outbox_sent_total', { module: 'ping' })).toBe(1)
    expect(valueOf(publisher, 'lightpress_outbox_oldest_unsent_seconds', { module: 'ping' })).toBe(0)
    const dead = { module: 'ping', listener: 'pong', kind: 'event', state: 'dead' }
    expect(valueOf(publisher, 'lightpress_outbox_rows', dead)).toBe(0)
    expect(valueOf(listener, 'lightpress_queue_jobs', { queue: 'pong-events', state: 'due' })).toBe(0)
    expect(valueOf(listener, 'lightpress_queue_lag_seconds', { queue: 'pong-events' })).toBe(0)
    expect(valueOf(listener, 'lightpress_streams_open', {})).toBe(0)
    expect(valueOf(listener, 'process_resident_memory_bytes', {})).toBeGreaterThan(1_000_000)
    expect(valueOf(listener, 'nodejs_eventloop_lag_p99_seconds', {})).toBeGreaterThan(0)
  })

  it('count what fails, what is dead, and what was not foreseen', async () => {
    await world.ping.surprise({}).catch(() => undefined)
    await world.ping.happen({ note: 'poison' })
    const listened = { module: 'pong', kind: 'event', type: 'ping.thing.happened.v1' }
    const seen = await until(
      pong,
      (each) => valueOf(each, 'lightpress_deliveries_total', { ...listened, outcome: 'dead' }) === 1,
    )
    expect(valueOf(seen, 'lightpress_deliveries_total', { ...listened, outcome: 'failed' })).toBe(9)
    expect(valueOf(seen, 'lightpress_unexpected_errors_total', { module: 'pong' })).toBe(1)
    expect(valueOf(await ping(), 'lightpress_unexpected_errors_total', { module: 'ping' })).toBe(1)
  })

  it('are for the inside: the public port has none', async () => {
    expect((await fetch(`${world.baseUrl}/metrics`)).status).toBe(404)
  })
})

describe('metrics', () => {
  it('call a job that must be done exhausted when it fails, and no dead letter: it is taken up again', async () => {
    const must = defineJob('must', z.object({}), () => Promise.reject(new Error('not yet')), { untilDone: true })
    const begin = async (ctx: ModuleContext) => void (await ctx.withTx((tx) => enqueue(tx, must, { payload: {} })))
    const keen = {
      ...ping,
      jobs: new Map([...ping.jobs, ['must', must]]),
      schedules: new Map([['begin', { name: 'begin', cron: '* * * * * *', run: begin }]]),
    }
    const world = await startWorld('one process', { RETRY_DELAY: '1' }, { ping: keen, pong })
    const outcomes = (seen: Scrape) =>
      seen.samples
        .filter(({ name, labels }) => name === 'lightpress_deliveries_total' && labels.type === 'must')
        .map(({ labels }) => labels.outcome)
    const seen = await until(
      () => scrape(world.servers[0]?.internalPort),
      (each) => outcomes(each).includes('exhausted'),
    )
    expect(new Set(outcomes(seen))).toEqual(new Set(['failed', 'exhausted']))
    await world.close()
  })

  it('are told without the queues while those are away, and say so', async () => {
    const world = await startWorld('one process', { QUEUE_URL: 'redis://127.0.0.1:9' })
    const seen = await scrape(world.servers[0]?.internalPort)
    expect(seen.samples.filter(({ name }) => name === 'lightpress_queue_jobs')).toEqual([])
    expect(valueOf(seen, 'lightpress_scrape_failures_total', { source: 'queues' })).toBe(1)
    expect(valueOf(seen, 'lightpress_outbox_oldest_unsent_seconds', { module: 'ping' })).toBe(0)
    await world.close()
  })

  it('are not there where they are switched off', async () => {
    const world = await startWorld('one process', { METRICS: 'false' })
    const answer = await fetch(`http://127.0.0.1:${world.servers[0]?.internalPort}/metrics`)
    expect(answer.status).toBe(404)
    await world.close()
  })
})

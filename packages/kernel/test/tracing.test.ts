import { createHttpClient, routesOf } from '@lightpress/protocol'
import { afterEach, describe, expect, it } from 'vitest'
import { pathTo, startCollector, type SeenSpan } from './support/collector.ts'
import { ping as errandPing, pingContract, pong as errandPong } from './support/errands.ts'
import { startWorld, tokenFor, topologies, until, type Topology, type World } from './support/start.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function startTraced(topology: Topology, env: Record<string, string> = {}) {
  const collector = await startCollector()
  closers.push(() => collector.close())
  const world = await startWorld(
    topology,
    { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...env },
    { ping: errandPing, pong: errandPong },
  )
  closers.push(() => world.close())
  return { collector, world }
}

/** Somebody begins an errand: a request, a call, a transaction, an event, a job, an event. */
async function begin({ baseUrl }: World, traceparent?: string) {
  const headers = () => ({ authorization: `Bearer ${tokenFor()}`, ...(traceparent && { traceparent }) })
  await createHttpClient<typeof pingContract>(routesOf(pingContract), { baseUrl, headers }).begin({ note: 'traced' })
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'

describe.each(topologies)('a trace, in %s', (topology) => {
  it('leads from a request over a call, its transaction, the outbox and queues to the last handler', async () => {
    const { world, collector } = await startTraced(topology)
    await begin(world, `00-${TRACE}-${PARENT}-01`)
    const lastOf = (seen: readonly SeenSpan[]) =>
      seen.find(({ name, kind }) => kind === 'consumer' && name === 'pong ping.errand.ended.v1')
    // Each process sends its own, when it has time.
    const spans = await until(
      () => collector.spans.filter(({ traceId }) => traceId === TRACE),
      (seen) => pathTo(seen, lastOf(seen))[0] === 'server ping.begin',
    )
    const last = lastOf(spans)
    const call = topology === 'one process' ? ['internal pong.follow'] : ['client pong.follow', 'server pong.follow']
    expect(pathTo(spans, last)).toEqual([
      'server ping.begin',
      ...call,
      'client pong transaction',
      'producer send pong.errand.followed.v1',
      'consumer ping pong.errand.followed.v1',
      'client ping transaction',
      'producer send run-errand',
      'consumer ping run-errand',
      'client ping transaction',
      'producer send ping.errand.ended.v1',
      'consumer pong ping.errand.ended.v1',
    ])
    const root = spans.find(({ name }) => name === 'ping.begin')
    expect(root).toMatchObject({ parentSpanId: PARENT, failed: false })
    expect(root?.attributes).toMatchObject({ 'http.route': '/v1/ping/errands', 'http.response.status_code': 200 })
    const services = new Set(spans.map(({ service }) => service))
    expect([...services].sort()).toEqual(topology === 'one process' ? ['api'] : ['ping', 'pong'])
  })
})

describe('traces', () => {
  it('are not kept of a request whose caller keeps none', async () => {
    const { world, collector } = await startTraced('one process')
    await begin(world, `00-${TRACE}-${PARENT}-00`)
    await begin(world, `00-${TRACE.replace('4b', '5b')}-${PARENT}-01`)
    await until(
      () => collector.spans,
      (seen) => seen.some(({ name }) => name === 'pong ping.errand.ended.v1'),
    )
    expect(collector.spans.filter(({ traceId }) => traceId === TRACE)).toEqual([])
  })

  it('are kept of as many as the ratio says, of those that begin here', async () => {
    const none = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }
    const { world, collector } = await startTraced('one process', none)
    await begin(world)
    await begin(world, `00-${TRACE}-${PARENT}-01`)
    await until(
      () => collector.spans,
      (seen) => seen.some(({ name }) => name === 'pong ping.errand.ended.v1'),
    )
    // The schedule of the errands runs every second, and begins here as well.
    expect(new Set(collector.spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]))
  })

  it('say of a fault that it is one, of a refusal its reason, and of neither what it said', async () => {
    const collector = await startCollector()
    closers.push(() => collector.close())
    const world = await startWorld('one process', { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
    await world.ping.relayRefusal({ code: 'surprise' }).catch(() => undefined)
    await world.ping.relayRefusal({ code: 'conflict' }).catch(() => undefined)
    // What was not sent yet is sent at the end.
    await world.close()
    const calls = collector.spans.filter(({ name }) => name === 'pong.refuse')
    expect(calls.map(({ failed, attributes }) => [failed, attributes['error.type']])).toEqual([
      [true, 'Error'],
      [false, 'pong.no'],
    ])
    expect(collector.spans.filter(({ name, failed }) => name === 'ping.relayRefusal' && failed)).toHaveLength(1)
    expect(collector.bodies.join()).not.toContain('hunter2')
  })

  it('tell nothing of what a process asks by itself every second', async () => {
    const { world, collector } = await startTraced('one process', {})
    await begin(world)
    await until(
      () => collector.spans,
      (seen) => seen.some(({ name }) => name === 'pong ping.errand.ended.v1'),
    )
    expect(collector.spans.map(({ name }) => name).filter((name) => name.includes('readRevocations'))).toEqual([])
  })

  it('that nobody takes fail no request and hold up no shutdown', async () => {
    const world = await startWorld('one process', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })
    expect(await world.ping.relayEcho({ text: 'a' })).toEqual({ text: 'a', caller: 'ping' })
    const started = performance.now()
    await world.close()
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})

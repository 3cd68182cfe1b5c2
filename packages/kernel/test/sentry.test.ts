import { afterEach, describe, expect, it } from 'vitest'
import { startSentry } from './support/sentry.ts'
import { startWorld, until } from './support/start.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function startReported(options: { status?: number; dsn?: string } = {}, env: Record<string, string> = {}) {
  const sentry = await startSentry(options)
  closers.push(() => sentry.close())
  const world = await startWorld('one process', { SENTRY_DSN: options.dsn ?? sentry.dsn, RETRY_DELAY: '1', ...env })
  closers.push(() => world.close())
  return { sentry, world }
}

const release = '0123456789abcdef0123456789abcdef01234567'

describe('Sentry is told', () => {
  it('of what was not foreseen: where, of which request, of which commit and environment', async () => {
    const { sentry, world } = await startReported({}, { ENVIRONMENT: 'staging', RELEASE: release })
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const answer = await fetch(`${world.baseUrl}/v1/ping/surprise`, {
      headers: { 'x-request-id': 'request-12345', traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    })
    expect(answer.status).toBe(500)
    const [event] = await until(
      () => sentry.events,
      ({ length }) => length === 1,
    )
    expect(sentry.paths[0]).toMatch(/^\/api\/42\/envelope\//)
    expect(event).toMatchObject({
      ...{ environment: 'staging', release, platform: 'node' },
      tags: {
        ...{ service: 'api', module: 'ping', operation: 'ping.surprise' },
        ...{ request_id: 'request-12345', trace_id: traceId },
      },
    })
    const [told] = event?.exception.values ?? []
    expect(told).toMatchObject({ type: 'Error' })
    expect(told?.stacktrace.frames.some(({ filename }) => filename?.endsWith('support/modules.ts'))).toBe(true)
  })

  it('of a dead letter once, when it is dead', async () => {
    const { sentry, world } = await startReported()
    await world.ping.happen({ note: 'poison' })
    await until(
      () => sentry.events,
      ({ length }) => length > 0,
    )
    expect(sentry.events).toHaveLength(1)
    expect(sentry.events[0]?.tags).toMatchObject({ module: 'pong', operation: 'ping.thing.happened.v1' })
    expect(sentry.events[0]?.tags.request_id).toBeTruthy()
  })

  it('of no refusal, and of nobody’s body, address or name', async () => {
    const { sentry, world } = await startReported()
    await world.ping.relayRefusal({ code: 'conflict' }).catch(() => undefined)
    await fetch(`${world.baseUrl}/v1/ping/happen`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"note": canary-body',
    })
    await fetch(`${world.baseUrl}/v1/ping/surprise?mail=erika@example.com`, {
      headers: { authorization: 'Bearer canary-token', cookie: 'session=canary-cookie', 'user-agent': 'canary-agent' },
    })
    await until(
      () => sentry.events,
      ({ length }) => length > 0,
    )
    expect(sentry.events.map(({ tags }) => tags.operation)).toEqual(['ping.surprise'])
    const told = sentry.bodies.join('\n')
    expect(told).not.toContain('canary')
    expect(told).not.toContain('erika')
    expect(told).not.toContain('127.0.0.1')
    // What errors say may quote anything: this one does.
    expect(told).not.toContain('hunter2')
  })
})

describe('a Sentry that does not take it', () => {
  it('fails no request and holds up no shutdown, refusing or away', async () => {
    for (const options of [{ status: 500 }, { status: 429 }, { dsn: 'http://key@127.0.0.1:9/1' }]) {
      const { world } = await startReported(options)
      for (let at = 0; at < 30; at++) expect((await fetch(`${world.baseUrl}/v1/ping/surprise`)).status).toBe(500)
      expect(await world.ping.relayEcho({ text: 'a' })).toEqual({ text: 'a', caller: 'ping' })
      const started = performance.now()
      for (const close of closers.splice(0).reverse()) await close()
      expect(performance.now() - started).toBeLessThan(10_000)
    }
  }, 150_000)

  it('is not looked for where there is none', async () => {
    const { sentry, world } = await startReported({ dsn: 'none' })
    expect((await fetch(`${world.baseUrl}/v1/ping/surprise`)).status).toBe(500)
    for (const close of closers.splice(0).reverse()) await close()
    expect(sentry.bodies).toEqual([])
  })
})

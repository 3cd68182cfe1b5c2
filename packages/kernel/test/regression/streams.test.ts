import { afterEach, expect, it, vi } from 'vitest'
import type { Identity } from '@lightpress/protocol'
import Fastify from 'fastify'
import { newId } from '../../src/ids.ts'
import { createStreams } from '../../src/sse.ts'

const identity: Identity = {
  userId: newId(),
  sessionId: newId(),
  sessionVersion: 0,
  organizationId: null,
  role: null,
  operator: false,
  authenticatedAt: 0,
  impersonatorId: null,
}

afterEach(() => vi.useRealTimers())

async function openOne(
  streams: ReturnType<typeof createStreams>,
  { who = identity, opened }: { who?: Identity; opened?: () => void } = {},
): Promise<string> {
  const app = Fastify()
  app.get('/', async (request, reply) => {
    streams.open({ request, reply }, who)
    opened?.()
    return reply
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  try {
    return await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text()
  } finally {
    app.server.closeAllConnections()
    await app.close()
  }
}

it('a stream that has nothing to say says so every quarter of a minute, so that nobody in between ends it', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const streams = createStreams({ isRevoked: () => false })
  const opened = () => {
    vi.advanceTimersByTime(31_000)
    streams.close()
  }
  expect((await openOne(streams, { opened })).split(': still here\n\n')).toHaveLength(3)
})

it('a stream that is opened after its session was revoked ends at once', async () => {
  expect(await openOne(createStreams({ isRevoked: () => true }))).toContain('retry:')
})

it('a stream that is opened during a shutdown ends at once', async () => {
  const streams = createStreams({ isRevoked: () => false })
  streams.close()
  expect(await openOne(streams)).toContain('retry:')
})

it('a stream of whoever acts as somebody ends with their access token, whatever is heard of revocations', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const streams = createStreams({ isRevoked: () => false })
  const who = { ...identity, impersonatorId: newId() }
  const opened = () => vi.advanceTimersByTime(300_000)
  expect(await openOne(streams, { who, opened })).toContain('retry:')
})

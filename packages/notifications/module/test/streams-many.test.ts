import { newId } from '@lightpress/kernel'
import { nightly, until } from '@lightpress/testing'
import { once } from 'node:events'
import { request, type ClientRequest, type IncomingMessage } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startNotifications, type App } from './support/app.ts'

const STREAMS = nightly ? 5_000 : 500
/** As many as a proxy opens at once after a deploy. */
const AT_ONCE = 100

let app: App
beforeAll(async () => {
  app = await startNotifications()
})
afterAll(() => app.close())

it(`one process holds ${STREAMS} streams, and each hears its own news`, async () => {
  const people = Array.from({ length: STREAMS }, newId)
  const heard = new Map<string, string>()
  const streams: ClientRequest[] = []
  try {
    for (let at = 0; at < STREAMS; at += AT_ONCE) {
      await Promise.all(people.slice(at, at + AT_ONCE).map(async (userId) => streams.push(await open(userId, heard))))
    }
    await until(
      () => people.filter((userId) => heard.get(userId)?.includes('event: unread')).length,
      (count) => count === STREAMS,
      { timeout: 120_000 },
    )
    const told = people.filter((_, index) => index % 50 === 0)
    await Promise.all(told.map((userId) => app.tell(userId, `for ${userId}`)))
    await until(
      () => told.filter((userId) => heard.get(userId)?.includes('event: notification')).length,
      (count) => count === told.length,
    )
    const news = people.filter((userId) => heard.get(userId)?.includes('event: notification'))
    expect(news).toEqual(told)
    expect(news.every((userId) => heard.get(userId)?.includes(`for ${userId}`))).toBe(true)
  } finally {
    for (const stream of streams) stream.destroy()
  }
}, 300_000)

async function open(userId: string, heard: Map<string, string>): Promise<ClientRequest> {
  const stream = request(`${app.baseUrl}/v1/notifications/stream`, {
    agent: false,
    headers: { authorization: `Bearer ${app.token({ userId })}` },
  })
  stream.on('error', () => undefined)
  const [response] = (await once(stream.end(), 'response')) as [IncomingMessage]
  expect(response.statusCode).toBe(200)
  response.on('error', () => undefined)
  response.on('data', (chunk: Buffer) => heard.set(userId, (heard.get(userId) ?? '') + chunk.toString()))
  return stream
}

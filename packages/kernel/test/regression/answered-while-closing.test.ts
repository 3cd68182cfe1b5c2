import { Agent, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { createHttp } from '../../src/http.ts'

// A connection whose answer was on its way when the process was told to stop was kept alive for another 72 seconds, and
// the process was ended by force, as if it had failed.
it('a shutdown does not wait for a connection that falls idle while it goes on', async () => {
  const app = await createHttp({ log: pino({ level: 'silent' }), trustedProxies: [] })
  let finish = () => {}
  app.get('/', (_request, reply) => {
    reply.raw.writeHead(200).write('begun')
    finish = () => reply.raw.end()
    reply.hijack()
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const agent = new Agent({ keepAlive: true })
  const begun = new Promise<void>((resolve) => {
    request({ host: '127.0.0.1', port, agent }, (response) => response.once('data', resolve).resume()).end()
  })
  await begun
  const began = performance.now()
  const closed = app.close()
  setTimeout(finish, 200)
  await closed
  expect(performance.now() - began).toBeLessThan(20_000)
  agent.destroy()
})

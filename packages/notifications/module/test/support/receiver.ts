import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'

export interface Received {
  headers: IncomingHttpHeaders
  body: string
  at: number
}

/** What a customer's server does with a request; without one it answers 200. */
export type Answering = (response: ServerResponse, received: Received) => void

/** A customer's server. It answers as `answers` say, one after the other, and then as `always` does. */
export async function startReceiver(always: Answering = (response) => response.end('taken')) {
  const received: Received[] = []
  const answers: Answering[] = []
  let open = 0
  const seen = { most: 0 }
  const server = createServer((request, response) => {
    open++
    seen.most = Math.max(seen.most, open)
    response.on('close', () => open--)
    void request.toArray().then((chunks) => {
      const one = { headers: request.headers, body: Buffer.concat(chunks as Buffer[]).toString(), at: Date.now() }
      received.push(one)
      const answer = answers.shift() ?? always
      answer(response, one)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    received,
    answers,
    /** How many requests were open at once. */
    seen,
    ids: () => received.map(({ headers }) => headers['webhook-id'] as string),
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>

export function answerWith(status: number, headers: Record<string, string> = {}, body = ''): Answering {
  return (response) => response.writeHead(status, headers).end(body)
}

/** Never says anything. */
export const hang: Answering = () => undefined

/** What was said, as the reference implementation reads it with a secret. Throws for a wrong signature. */
export function verify(
  { body, headers }: Received,
  secret: string,
): { type: string; timestamp: string; data: unknown } {
  return new Webhook(secret).verify(body, headers as Record<string, string>) as never
}

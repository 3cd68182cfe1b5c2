import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface MailDoor {
  /** For RESEND_BASE_URL. */
  url: string
  /** The idempotency keys of all that was asked. */
  keys: readonly string[]
  /** How many mails were taken whose sender does not know it yet. */
  unanswered(): number
  /** Behind it is this mailbox. */
  leadTo(mailbox: string): void
  close(): void
}

/** Stands before a mailbox, whose answers take so many milliseconds there: whoever sends can be gone before they come. */
export async function startMailDoor(delay: () => number): Promise<MailDoor> {
  const keys: string[] = []
  const taken = new Set<ServerResponse>()
  let mailbox = ''

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = String(request.headers['idempotency-key'])
    keys.push(key)
    const answer = await fetch(mailbox + String(request.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: (await request.toArray()).join(''),
    })
    const body = await answer.text()
    taken.add(response)
    response.once('close', () => taken.delete(response))
    await sleep(delay())
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(body)
  }

  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys,
    unanswered: () => taken.size,
    leadTo: (url) => (mailbox = url),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

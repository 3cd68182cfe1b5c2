import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startMailbox } from '@lightpress/mailbox'

/** What happens to the next request instead of the usual. */
type Fault = { status: number; body: object; headers?: Record<string, string> } | 'answer lost'

/** Resend's stand-in with its mailbox, behind a door that can be shut and can misbehave. */
export async function startProvider() {
  const mailbox = await startMailbox()
  const faults: Fault[] = []
  const requests: { idempotencyKey: string | undefined; body: Record<string, unknown>; at: number }[] = []

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const body = (await request.toArray()).join('')
    const idempotencyKey = request.headers['idempotency-key'] as string | undefined
    requests.push({ idempotencyKey, body: JSON.parse(body) as Record<string, unknown>, at: Date.now() })
    const fault = faults.shift() ?? provider.weather()
    if (typeof fault === 'object') {
      response
        .writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers })
        .end(JSON.stringify(fault.body))
      return
    }
    const answer = await fetch(mailbox.url + String(request.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey ?? '' },
      body,
    })
    const text = await answer.text()
    if (fault === 'answer lost') request.socket.destroy()
    else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text)
  }

  let server: Server | undefined
  let port = 0
  const provider = {
    mailbox: mailbox.url,
    faults,
    /** What happens to every other request. */
    weather: (): Fault | undefined => undefined,
    requests,
    async open() {
      server = createServer((request, response) => void handle(request, response)).listen(port, '127.0.0.1')
      await once(server, 'listening')
      port = (server.address() as AddressInfo).port
    },
    /** Nobody answers at its address until it is opened again. */
    async shut() {
      server?.closeAllConnections()
      await new Promise((resolve) => server?.close(resolve))
    },
    async stop() {
      await provider.shut()
      await mailbox.stop()
    },
    url: '',
  }
  await provider.open()
  provider.url = `http://127.0.0.1:${port}`
  return provider
}

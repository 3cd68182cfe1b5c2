import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stripe's words for a request that it calls wrong. */
export interface Refusal {
  code: string
  message: string
  param?: string
}

/**
 * What happens to a request: passed on, answered with a status, refused as wrong, cut off before or after it was done, never
 * answered.
 */
type Verdict = 'pass' | 'cut' | 'lose' | 'hang' | number | Refusal

export interface Gate {
  url: string
  /** Whom requests are passed on to. */
  upstream: string
  /** What went through, as `POST /v1/customers`. */
  requests: string[]
  /** Decides about every request from now on; may take its time. */
  judge: (request: string) => Verdict | Promise<Verdict>
  /** Passes everything again and forgets what it saw. */
  clear(): void
  close(): Promise<void>
}

/** Stands before Stripe's API and does to it what networks and outages do. */
export async function openGate(upstream: string): Promise<Gate> {
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const gate: Gate = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    upstream,
    requests: [],
    judge: () => 'pass',
    clear() {
      gate.requests = []
      gate.judge = () => 'pass'
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return gate

  async function handle(request: IncomingMessage, response: ServerResponse) {
    const name = `${request.method ?? ''} ${(request.url ?? '').split('?')[0] ?? ''}`
    gate.requests.push(name)
    const verdict = await gate.judge(name)
    if (verdict === 'hang') return
    if (verdict === 'cut') return void request.socket.destroy()
    if (typeof verdict === 'number') return void fail(response, verdict)
    if (typeof verdict === 'object') return void refuse(response, verdict)
    const { method, headers } = request
    const forwarded = httpRequest(new URL(request.url ?? '', gate.upstream), { method, headers }, (answer) => {
      if (verdict === 'lose') return void request.socket.destroy()
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    forwarded.on('error', () => response.destroy())
    request.pipe(forwarded)
  }
}

function fail(response: ServerResponse, status: number) {
  answer(response, status, { type: 'api_error', message: `The gate says ${status}` })
}

function refuse(response: ServerResponse, refusal: Refusal) {
  answer(response, 400, { type: 'invalid_request_error', ...refusal })
}

function answer(response: ServerResponse, status: number, error: object) {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error }))
}

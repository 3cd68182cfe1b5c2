import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TEST_HEADER } from 'infra'

interface Asked {
  path: string
  /** Whether the version that is tested was asked. */
  test: boolean
}

/** An HTTP server that answers smoke tests as the product does, until a test has it do otherwise. */
export async function createProduct() {
  const asked: Asked[] = []
  let broken: (asked: Asked) => ((response: ServerResponse) => void) | undefined = () => undefined
  const server = createServer((request: IncomingMessage, response) => {
    const now = { path: request.url ?? '/', test: request.headers[TEST_HEADER.name] === TEST_HEADER.value }
    asked.push(now)
    ;(broken(now) ?? ((to: ServerResponse) => answer(now.path, to)))(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    /** What is answered instead, where it says so. */
    breaks(how: typeof broken) {
      broken = how
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

export function page(response: ServerResponse): void {
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    .end('<!doctype html><script type="module" src="/app-assets/index-1.js"></script>')
}

function answer(path: string, response: ServerResponse): void {
  if (path === '/') page(response)
  else if (path === '/.well-known/jwks.json') json(response, 200, { keys: [{ kid: 'k1' }] })
  else if (path === '/v1/billing/plans') json(response, 200, { items: [{ id: 'free' }] })
  else if (path === '/v1/users/me') json(response, 401, { reason: 'auth.session_required' })
  else json(response, 404, { reason: 'request.not_found' })
}

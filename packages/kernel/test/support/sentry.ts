import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SentryEvent {
  environment: string
  release?: string
  platform: string
  tags: Record<string, string>
  exception: { values: { type: string; value: string; stacktrace: { frames: { filename?: string }[] } }[] }
}

/** Takes envelopes as Sentry does (its developer documentation, "Envelopes"): a line of headers, then items of two lines. */
export async function startSentry({ status = 200 }: { status?: number } = {}) {
  const events: SentryEvent[] = []
  const bodies: string[] = []
  const paths: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => (body += part.toString()))
    request.on('end', () => {
      bodies.push(body)
      paths.push(request.url ?? '')
      const [, ...items] = body.trim().split('\n')
      for (let at = 0; at < items.length; at += 2) {
        const { type } = JSON.parse(items[at] ?? '') as { type: string }
        if (type === 'event') events.push(JSON.parse(items[at + 1] ?? '') as SentryEvent)
      }
      response.writeHead(status).end('{}')
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    dsn: `http://0123456789abcdef0123456789abcdef@127.0.0.1:${port}/42`,
    ...{ events, bodies, paths },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

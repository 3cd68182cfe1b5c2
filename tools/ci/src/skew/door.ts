import { once } from 'node:events'
import { createServer, request } from 'node:http'

/** One address for the processes of a service, as a load balancer or a mesh is: each request goes to the next of them. */
export interface Door {
  add(release: string, url: string): void
  /** How many requests each release has had. */
  counts(): ReadonlyMap<string, number>
  close(): Promise<void>
}

export async function openDoor(url: string): Promise<Door> {
  const behind: { release: string; url: string }[] = []
  const counts = new Map<string, number>()
  let turn = 0
  const server = createServer((incoming, outgoing) => {
    const next = behind[turn++ % behind.length]
    if (!next) return void outgoing.writeHead(503).end()
    // Whoever looks whether a process is ready is no client.
    if (!incoming.url?.startsWith('/health/')) counts.set(next.release, (counts.get(next.release) ?? 0) + 1)
    const { method = 'GET', headers } = incoming
    const passedOn = request(next.url + (incoming.url ?? '/'), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      answer.pipe(outgoing)
    })
    passedOn.on('error', () => {
      if (outgoing.headersSent) outgoing.destroy()
      else outgoing.writeHead(503).end()
    })
    outgoing.on('close', () => passedOn.destroy())
    incoming.pipe(passedOn)
  })
  const { hostname, port } = new URL(url)
  server.listen(Number(port), hostname)
  await once(server, 'listening')
  return {
    add: (release, url) => void behind.push({ release, url }),
    counts: () => counts,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

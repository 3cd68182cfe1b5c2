import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { errorCode } from './setup-error.ts'

/**
 * A port that nobody listens on now, below the range from which systems take the local ports of outgoing
 * connections: what we start a second later still finds it free.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000)
    if (await isPortFree(port)) return port
  }
}

/** Whether a server could listen on the port; asked of both loopback families, since browsers try both. */
export async function isPortFree(port: number): Promise<boolean> {
  const answers = await Promise.all(['127.0.0.1', '::1'].map((host) => canListen(port, host)))
  return answers.every(Boolean)
}

async function canListen(port: number, host: string): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    // A machine without IPv6 says so with another code; only these two mean that the port cannot be had.
    return errorCode(error) !== 'EADDRINUSE' && errorCode(error) !== 'EACCES'
  }
  server.close()
  await once(server, 'close')
  return true
}

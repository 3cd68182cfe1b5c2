import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Returns as soon as somebody listens at the address, or when the time is over. */
export async function waitUntilListening(url: string, milliseconds: number): Promise<void> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(50)) {
    if (await listens(new URL(url))) return
  }
}

async function listens({ hostname, port }: URL): Promise<boolean> {
  const socket = connect(Number(port || 80), hostname)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

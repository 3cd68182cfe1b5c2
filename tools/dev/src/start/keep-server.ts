import { setTimeout as sleep } from 'node:timers/promises'
import { killProcess } from '@lightpress/local'
import type { Log } from './log.ts'
import type { Part } from './shutdown.ts'

/** A server that is not ours: PostgreSQL, Redis. */
interface Server {
  url: string
  port: number
  pid: number
  stop(): Promise<void>
}

export interface KeepServerOptions {
  name: string
  /** Starts it, on the port that it had if it had one. `onCrash` takes its last words when it ends unasked. */
  start(options: { port?: number; onCrash: (lastWords: string) => void }): Promise<Server>
  /** What ends it at once. */
  killSignal: NodeJS.Signals
  log: Log
}

const FIRST_DELAY = 500
const LONGEST_DELAY = 10_000

/** Keeps a server running: when it crashes, that is shown, and it is brought back on the same port. */
export async function keepServer({ name, start, killSignal, log }: KeepServerOptions): Promise<Part & { url: string }> {
  const end = new AbortController()
  let restarting = Promise.resolve()
  let server = await start({ onCrash })
  const { url, port } = server

  function onCrash(lastWords: string): void {
    if (end.signal.aborted) return
    log.warn(`${name} ended unexpectedly and is started again. ${lastWords}`)
    restarting = restart()
  }

  async function restart(): Promise<void> {
    for (let delay = FIRST_DELAY; !end.signal.aborted; delay = Math.min(delay * 2, LONGEST_DELAY)) {
      try {
        server = await start({ port, onCrash })
        return
      } catch (error) {
        log.warn((error as Error).message)
        await sleep(delay, undefined, { signal: end.signal }).catch(() => {})
      }
    }
  }

  return {
    name,
    url,
    async stop() {
      end.abort()
      // One that comes up while the end begins must not be left behind.
      await restarting
      await server.stop()
    },
    kill: () => killProcess(server.pid, killSignal),
  }
}

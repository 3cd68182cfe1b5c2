import { SetupError, startRedis } from '@lightpress/local'
import { keepServer } from './keep-server.ts'
import type { Log } from './log.ts'
import type { Part } from './shutdown.ts'

/** A Redis of our own, which keeps every write in `dir`. */
export function keepRedis(dir: string, log: Log): Promise<Part & { url: string }> {
  return keepServer({
    name: 'Redis',
    async start({ port, onCrash }) {
      const server = await startRedis({
        dir,
        ...(port !== undefined && { port }),
        onCrash: (end) => onCrash(`It ended with ${end}.`),
      })
      if (!server) throw new SetupError('redis-server is not installed any more.')
      return server
    },
    killSignal: 'SIGKILL',
    log,
  })
}

// npm start, and npm run start:split (--split): hands over to start.ts and ends what it began, in order.
import { explain } from '@lightpress/local'
import { createLog } from './start/log.ts'
import { createShutdown } from './start/shutdown.ts'
import { start } from './start/start.ts'

/** npm passes on a Ctrl-C that the terminal has sent us already: within this time it is the same one. */
const SAME_SIGNAL = 500

const log = createLog()
const shutdown = createShutdown((part, error) => log.warn(`${part} did not stop well: ${String(error)}`))
let endedAt: number | undefined

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0))
process.on('uncaughtException', fail)
if (process.env.npm_lifecycle_event) endWithParent()

try {
  await start({ args: process.argv.slice(2), log, shutdown })
} catch (error) {
  if (!shutdown.signal.aborted) fail(error)
}

function fail(error: unknown): void {
  log.warn(explain(error))
  if (endedAt === undefined) void end(1)
}

/** A launcher that was killed outright passes nothing on: its end is ours all the same. */
function endWithParent(): void {
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && endedAt === undefined && void end(0), 1000).unref()
}

async function end(code: number): Promise<void> {
  if (endedAt !== undefined && Date.now() - endedAt < SAME_SIGNAL) return
  if (endedAt !== undefined) {
    shutdown.kill()
    process.exit(130)
  }
  endedAt = Date.now()
  if (code === 0) log.say('Stopping. Once more to force it.')
  await shutdown.stop()
  process.exit(code)
}

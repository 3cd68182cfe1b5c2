import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { SetupError, killProcess, startPostgres } from '@lightpress/local'
import type { Log } from './log.ts'
import type { Part } from './shutdown.ts'

/** The embedded PostgreSQL, brought back on the same port if it should die. */
export async function openDatabase(dataDir: string, log: Log): Promise<Part & { url: string }> {
  let stopped = false
  let server = await startPostgres({ dataDir, onCrash })

  function onCrash(end: string): void {
    if (stopped) return
    log.warn(`PostgreSQL ended unexpectedly and is started again. Its last words:\n${end}`)
    void restart()
  }

  async function restart(): Promise<void> {
    for (let delay = 500; !stopped; delay = Math.min(delay * 2, 10_000)) {
      try {
        server = await startPostgres({ dataDir, port: server.port, onCrash })
        return
      } catch (error) {
        log.warn((error as Error).message)
        await sleep(delay)
      }
    }
  }

  return {
    name: 'PostgreSQL',
    url: server.url,
    stop() {
      stopped = true
      return server.stop()
    },
    // Without a checkpoint: the next start recovers from its log, as after a power cut.
    kill: () => killProcess(server.pid, 'SIGQUIT'),
  }
}

/** Fails early, and in words, where a DATABASE_URL of the person's own does not lead to a usable server. */
export async function checkDatabase(url: string): Promise<void> {
  if (!/^postgres(ql)?:\/\//.test(url))
    throw new SetupError(`DATABASE_URL must look like postgres://user:password@host:5432/name.`)
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  try {
    await client.connect()
    const { rows } = await client.query<{ version: number }>(
      "SELECT current_setting('server_version_num')::int AS version",
    )
    const version = rows[0]?.version ?? 0
    if (version < 160_000)
      throw new Error(`it is PostgreSQL ${Math.floor(version / 10_000)}, and 16 or newer is needed`)
  } catch (error) {
    const { host, pathname } = new URL(url)
    throw new SetupError(
      `DATABASE_URL leads to ${host}${pathname}, which cannot be used: ${(error as Error).message}. ` +
        'Mend it, or unset it to use the embedded PostgreSQL.',
    )
  } finally {
    await client.end().catch(() => {})
  }
}

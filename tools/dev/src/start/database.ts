import pg from 'pg'
import { SetupError, startPostgres } from '@lightpress/local'
import { keepServer } from './keep-server.ts'
import type { Log } from './log.ts'
import type { Part } from './shutdown.ts'

/** The embedded PostgreSQL. */
export function keepPostgres(dataDir: string, log: Log): Promise<Part & { url: string }> {
  return keepServer({
    name: 'PostgreSQL',
    start: ({ port, onCrash }) =>
      startPostgres({
        dataDir,
        ...(port !== undefined && { port }),
        onCrash: (end) => onCrash(`Its last words:\n${end}`),
      }),
    // Without a checkpoint: the next start recovers from its log, as after a power cut.
    killSignal: 'SIGQUIT',
    log,
  })
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

import { runMigrations, type PgPool } from 'bullmq'
import pg from 'pg'
import { openQueue, openWorker } from './bullmq.ts'
import type { Logger } from './logging.ts'
import { inSession } from './migrate.ts'
import { createPatientBackend } from './patient-connection.ts'
import type { QueueBackend, QueueSettings } from './queues.ts'
import { createEmitter } from './signals.ts'

const CHANNEL = 'lightpress_signals'
const RECONNECT_AFTER = 500

/** Connections of a process besides those of its workers. */
const CONNECTIONS = 8

/** BullMQ's bulk insert makes temporary tables: 3 ms of PostgreSQL's time a batch, where one job takes 0.3. */
const ONE_BY_ONE = 8

/**
 * Queues on PostgreSQL, in the schema `bullmq`, for installs without Redis; signals by NOTIFY. All queues and
 * workers of a process share one pool, which has one connection more for each worker: it keeps that for its LISTEN.
 */
export function connectPostgres(url: string, settings: QueueSettings): QueueBackend {
  const { log } = settings
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    application_name: 'lightpress-queues',
    options: '-c search_path=bullmq',
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
    keepAlive: true,
  })
  pool.setMaxListeners(0)
  pool.on('error', (error) => log.warn({ error: error.message }, 'a queue connection was lost'))
  pool.on('connect', (client) =>
    client.on('error', (error) => log.debug({ error: error.message }, 'a queue connection was lost')),
  )

  // BullMQ leaves the place of a job as it was until its retry is due: among what is as urgent, what is old goes first then,
  // so that what always fails would keep from its turn whatever is newer. On Redis it begins at the back by itself.
  const toTheBack = async (queue: string, id: string) => {
    await pool.query(`update job set seq = nextval('job_seq') where queue = $1 and id = $2`, [queue, id])
  }

  const oldestAt = async (queue: string) => {
    const { rows } = await pool.query<{ at: string | null }>(
      `select min(added_at_ms) as at from job where queue = $1 and state = 'waiting'`,
      [queue],
    )
    return Number(rows[0]?.at ?? Date.now())
  }

  // The same thing to BullMQ, whose own description of a pool is looser than pg's.
  const connection = pool as unknown as PgPool
  const emitter = createEmitter((text) => pool.query('select pg_notify($1, $2)', [CHANNEL, text]), log)
  const listener = listen(url, { onMessage: emitter.receive, onConnect: emitter.connected, log })

  return {
    openQueue: (name) =>
      openQueue(name, { connection, factory: createPatientBackend, oneByOne: ONE_BY_ONE, oldestAt, ...settings }),
    openWorker(name, options) {
      pool.options.max++
      return openWorker(name, options, { connection, factory: createPatientBackend, toTheBack, ...settings })
    },
    signals: emitter.signals,
    async close() {
      await listener.close()
      await pool.end()
    },
  }
}

/** Makes or updates BullMQ's own schema. */
export async function migrateQueues(url: string): Promise<void> {
  await inSession(url, (client) => runMigrations(client))
}

interface ListenOptions {
  onMessage: (text: string) => void
  onConnect: () => void
  log: Logger
}

function listen(url: string, { onMessage, onConnect, log }: ListenOptions) {
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const connect = async () => {
    const next = new pg.Client({
      connectionString: url,
      application_name: 'lightpress-signals',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    })
    client = next
    let lost = false
    const retry = (error?: Error) => {
      if (lost || closed) return
      lost = true
      void next.end().catch(() => undefined)
      log.warn({ error: error?.message }, 'the signal connection was lost')
      timer = setTimeout(() => void connect(), RECONNECT_AFTER)
    }
    next.on('error', retry)
    next.on('end', () => retry())
    next.on('notification', ({ payload }) => onMessage(payload ?? ''))
    try {
      await next.connect()
      await next.query(`listen ${CHANNEL}`)
      onConnect()
    } catch (error) {
      retry(error as Error)
    }
  }
  const connecting = connect()

  return {
    async close() {
      closed = true
      clearTimeout(timer)
      await connecting
      await client?.end().catch(() => undefined)
    },
  }
}

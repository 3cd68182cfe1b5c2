import { randomInt } from 'node:crypto'
import type pg from 'pg'
import { APPLICATION } from './driver.ts'

/** Ends one of the driver's backends, chosen at random, every 50 to 300 ms, until it is stopped. */
export function startKiller(admin: pg.Client): { stop(): Promise<number> } {
  const stopping = new AbortController()
  const kills = run(admin, stopping.signal)
  return {
    stop() {
      stopping.abort()
      return kills
    },
  }
}

async function run(admin: pg.Client, signal: AbortSignal): Promise<number> {
  let kills = 0
  while (!signal.aborted) {
    const { rowCount } = await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = $1 and datname = current_database() order by random() limit 1`,
      [APPLICATION],
    )
    kills += rowCount ?? 0
    await new Promise((resolve) => setTimeout(resolve, randomInt(50, 300)))
  }
  return kills
}

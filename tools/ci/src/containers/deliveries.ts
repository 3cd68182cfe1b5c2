import pg from 'pg'
import { until } from './project.ts'

export interface Deliveries {
  /** Events that were committed: one for each listener. */
  promised: number
  /** Of these, the ones that took effect in their listener. */
  arrived: number
  /** `users.user.created.v1 <id> → notifications`: promised, and neither arrived nor on its way for long. */
  missing: string[]
}

/** Compares what publishers committed with what listeners did of it, once nothing moves any more. */
export async function countDeliveries(databaseUrl: string, modules: readonly string[]): Promise<Deliveries> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    return await until(
      () => count(client, modules),
      ({ missing }) => missing.length === 0,
      { what: 'Events are missing', seconds: 90 },
    )
  } finally {
    await client.end()
  }
}

async function count(client: pg.Client, modules: readonly string[]): Promise<Deliveries> {
  const of = (table: string, columns: string) =>
    modules.map((name) => `select '${name}' as module, ${columns} from ${name}.${table}`).join(' union all ')
  const { rows } = await client.query<{ type: string; id: string; listener: string; arrived: boolean }>(
    `select promise.type, promise.id, promise.listener, effect.id is not null as arrived
     from (${of('outbox', 'id, type, kind, listener')}) promise
     left join (${of('inbox', 'id, state')}) effect
       on effect.id = promise.id and effect.module = promise.listener and effect.state = 'done'
     where promise.kind = 'event'`,
  )
  const missing = rows.filter(({ arrived }) => !arrived)
  return {
    promised: rows.length,
    arrived: rows.length - missing.length,
    missing: missing.map(({ type, id, listener }) => `${type} ${id} → ${listener}`),
  }
}

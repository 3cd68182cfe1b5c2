import { Redis } from 'ioredis'
import type { Stack } from '@lightpress/dev'
import type pg from 'pg'

/** One thing that was written somewhere. */
export interface Written {
  where: string
  text: string
}

export interface Witness {
  /** All that has been written so far. */
  read(): Promise<Written[]>
  close(): Promise<void>
}

/** Sees every row that is written to any table, every command that is sent to Redis and every line of every process. */
export async function createWitness(stack: Stack, database: pg.Pool): Promise<Witness> {
  await watchTables(database)
  const commands: Written[] = []
  const redis = stack.redis && new Redis(stack.redis.url)
  const monitor = await redis?.monitor()
  monitor?.on('monitor', (_time: string, args: string[]) => commands.push({ where: 'Redis', text: args.join(' ') }))
  return {
    async read() {
      const { rows } = await database.query<Written>('select place as where, written as text from witness.row')
      const lines = stack.services.flatMap(({ name }) =>
        stack.logs(name).map((text) => ({ where: `the log of ${name}`, text })),
      )
      return [...rows, ...commands, ...lines]
    },
    async close() {
      monitor?.disconnect()
      redis?.disconnect()
    },
  }
}

/** Rows come and go: what a queue is done with, it forgets. So each is kept as it is written. */
async function watchTables(database: pg.Pool): Promise<void> {
  await database.query(`
    create schema witness;
    create table witness.row (place text not null, written text not null);
    create function witness.see() returns trigger language plpgsql security definer as $$
      begin
        insert into witness.row values (tg_table_schema || '.' || tg_table_name, to_jsonb(new)::text);
        return null;
      end
    $$`)
  const { rows } = await database.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('witness', 'pg_catalog', 'information_schema')`,
  )
  for (const { name } of rows) {
    await database.query(`insert into witness.row select '${name}', to_jsonb(t)::text from ${name} t`)
    await database.query(
      `create trigger witness after insert or update on ${name} for each row execute function witness.see()`,
    )
  }
}

/** Secrets by what they are, and where each was found. */
export function findSecrets(secrets: ReadonlyMap<string, string>, written: readonly Written[]): string[] {
  const found = new Set<string>()
  for (const [secret, what] of secrets) {
    const forms = formsOf(secret)
    for (const { where, text } of written)
      if (forms.some((form) => text.includes(form))) found.add(`${what} is in ${where}`)
  }
  return [...found].sort()
}

/** As it is, and as it might be passed on: in JSON, in a path, in a form or query, in base64. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const encoded = encodeURIComponent(secret)
  const forms = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encoded,
    encoded.replaceAll('%20', '+'),
    bytes.toString('base64'),
    bytes.toString('base64url'),
  ]
  return [...new Set(forms)]
}

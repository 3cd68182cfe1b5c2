// Indexes on tables that are in use are built and dropped while others read and write, which PostgreSQL does outside of a
// transaction only. So a file that begins with the marker has its statements run one by one. It holds nothing else: what a run
// that was broken off has done is done, and the next one runs the whole file again.

const MARKER = '-- lightpress:no-transaction'

/** Between statements, as Drizzle writes it. */
const BREAK = '--> statement-breakpoint'

const CREATE = /^create (?:unique )?index concurrently if not exists "?(\w+)"? on /i
const DROP = /^drop index concurrently if exists /i

interface Session {
  query(sql: string, values?: unknown[]): Promise<{ rowCount: number | null }>
}

export function isOnline(sql: string): boolean {
  return sql.startsWith(MARKER)
}

export async function runOnline(client: Session, { schema, sql }: { schema: string; sql: string }): Promise<void> {
  const statements = statementsOf(sql)
  await client.query(`set search_path to ${schema}, public`)
  // It waits for transactions that are older, which keeps nobody else waiting, and so it may be long.
  await client.query('set lock_timeout to 0')
  for (const statement of statements) {
    const [, index] = CREATE.exec(statement) ?? []
    if (index !== undefined) await dropUnfinished(client, { schema, index })
    await client.query(statement)
  }
  await client.query('reset search_path')
  await client.query('reset lock_timeout')
}

function statementsOf(sql: string): string[] {
  const statements = sql
    .split(BREAK)
    .map((part) => part.replaceAll(/^--.*$/gm, '').trim())
    .filter(Boolean)
  for (const statement of statements)
    if (!CREATE.test(statement) && !DROP.test(statement))
      throw new Error(
        `A file with "${MARKER}" may hold \`create index concurrently if not exists\` and ` +
          `\`drop index concurrently if exists\` only, so that it can be run again; this is neither: ${statement}`,
      )
  return statements
}

/** What a build that was broken off leaves: an index that is kept up and never read. `if not exists` would take it for one. */
async function dropUnfinished(client: Session, { schema, index }: { schema: string; index: string }): Promise<void> {
  const { rowCount } = await client.query(
    `select from pg_index where indexrelid = to_regclass($1) and not indisvalid`,
    [`"${schema}"."${index}"`],
  )
  if (rowCount) await client.query(`drop index concurrently "${schema}"."${index}"`)
}

import type { Db } from '@lightpress/kernel'

interface Node {
  'Node Type': string
  'Relation Name'?: string
  Schema?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  'Shared Hit Blocks': number
  'Shared Read Blocks': number
  Plans?: Node[]
}

/** How PostgreSQL ran one statement. */
export interface Run {
  sql: string
  /** Tables that were read from their beginning. */
  scanned: string[]
  /** Rows of tables that were looked at, and pages of tables and indexes. */
  rows: number
  pages: number
}

/**
 * Has every statement that is sent to PostgreSQL while `work` runs explained with its own values, in its own transaction,
 * before it is run: `explain analyze` runs it as well, so what that changes is undone. `db` is any of this process.
 */
export async function explain(work: () => Promise<unknown>, { db }: { db: Db }): Promise<Run[]> {
  const runs: Promise<Run>[] = []
  const open = new WeakSet<Client>()
  const clients = await clientsOf(db)
  const original = clients.query
  clients.query = function (this: Client, ...args: unknown[]) {
    const statement = statementOf(args)
    if (/^begin/i.test(statement.text)) open.add(this)
    if (/^(commit|rollback)$/i.test(statement.text)) open.delete(this)
    const run = () => original.apply(this, args)
    if (!/^\s*(select|with|insert|update|delete)/i.test(statement.text) || statement.text.includes('set_config'))
      return run()
    const ask: Ask = (sql, values) => original.call(this, sql, values) as ReturnType<Ask>
    const explained = explainOne(ask, statement, open.has(this))
    runs.push(explained)
    // A pool is told by a callback, everybody else by a promise.
    const told = explained.then(run, run)
    return typeof args.at(-1) === 'function' ? undefined : told
  }
  try {
    await work()
  } finally {
    clients.query = original
  }
  return Promise.all(runs)
}

interface Client {
  query(this: Client, ...args: unknown[]): unknown
}

/** What all connections of this process inherit from. */
async function clientsOf(db: Db): Promise<Client> {
  const { $client: pool } = db as unknown as { $client: { connect(): Promise<Client & { release(): void }> } }
  const client = await pool.connect()
  client.release()
  return Object.getPrototypeOf(client) as Client
}

interface Statement {
  text: string
  values: unknown[]
}
type Ask = (sql: string, values?: unknown[]) => Promise<{ rows: { 'QUERY PLAN': { Plan: Node }[] }[] }>

function statementOf([config, values]: unknown[]): Statement {
  const said = typeof config === 'string' ? { text: config } : (config as Partial<Statement>)
  return { text: said.text ?? '', values: Array.isArray(values) ? values : (said.values ?? []) }
}

async function explainOne(ask: Ask, { text, values }: Statement, inTransaction: boolean): Promise<Run> {
  await ask(inTransaction ? 'savepoint explained' : 'begin')
  const explained = ask(`explain (analyze, buffers, verbose, format json) ${text}`, values)
  const { rows } = await explained.finally(() => ask(inTransaction ? 'rollback to explained' : 'rollback'))
  const plan = rows[0]?.['QUERY PLAN'][0]?.Plan
  if (!plan) throw new Error(`No plan of ${text}`)
  const reads = flatten(plan).filter(({ Schema: schema }) => schema !== undefined && schema !== 'pg_catalog')
  return {
    sql: text,
    scanned: reads.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => String(node['Relation Name'])),
    rows: reads.reduce((sum, node) => sum + rowsOf(node), 0),
    pages: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
  }
}

function flatten(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)]
}

/** Those that it gave on, and those that it looked at and left. */
function rowsOf(node: Node): number {
  const { 'Rows Removed by Filter': filtered = 0, 'Rows Removed by Index Recheck': rechecked = 0 } = node
  return (node['Actual Rows'] + filtered + rechecked) * node['Actual Loops']
}

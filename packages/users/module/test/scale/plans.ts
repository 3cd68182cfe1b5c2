import pg from 'pg'

interface Node {
  'Node Type': string
  'Relation Name'?: string
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

type Query = (this: pg.Client, ...args: unknown[]) => unknown

/**
 * Has every statement that this process sends to PostgreSQL while `work` runs explained with its own values, in its own
 * transaction, before it is run: `explain analyze` runs it as well, so what that changes is undone.
 */
export async function explain(work: () => Promise<unknown>): Promise<Run[]> {
  const runs: Promise<Run>[] = []
  const open = new WeakSet<pg.Client>()
  const original = pg.Client.prototype.query as unknown as Query
  const patched: Query = function (...args) {
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
  pg.Client.prototype.query = patched as unknown as typeof pg.Client.prototype.query
  try {
    await work()
  } finally {
    pg.Client.prototype.query = original as unknown as typeof pg.Client.prototype.query
  }
  return Promise.all(runs)
}

interface Statement {
  text: string
  values: unknown[]
}
type Ask = (sql: string, values?: unknown[]) => Promise<pg.QueryResult<{ 'QUERY PLAN': { Plan: Node }[] }>>

function statementOf([config, values]: unknown[]): Statement {
  const said = typeof config === 'string' ? { text: config } : (config as Partial<Statement>)
  return { text: said.text ?? '', values: Array.isArray(values) ? values : (said.values ?? []) }
}

async function explainOne(ask: Ask, { text, values }: Statement, inTransaction: boolean): Promise<Run> {
  await ask(inTransaction ? 'savepoint explained' : 'begin')
  const { rows } = await ask(`explain (analyze, buffers, format json) ${text}`, values)
  await ask(inTransaction ? 'rollback to explained' : 'rollback')
  const plan = rows[0]?.['QUERY PLAN'][0]?.Plan
  if (!plan) throw new Error(`No plan of ${text}`)
  const reads = flatten(plan).filter((node) => node['Relation Name'] !== undefined)
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

import { hasSqlDetails, parse, type Node, type ParseResult } from 'libpg-query'
import type { Migration } from './files.ts'

/** One statement of a file, as PostgreSQL 16 itself reads it. */
export interface Statement {
  node: Node
  /** On which its first word stands; the first is 1. */
  line: number
  waivers: Waiver[]
}

/** `-- lightpress:allow <rule>: <reason>` above a statement. */
export interface Waiver {
  rules: string[]
  reason: string
}

const WAIVER = /^\s*--\s*lightpress:allow\s+([\w-]+(?:,\s*[\w-]+)*):\s*(\S.*)$/

/** What PostgreSQL would refuse to read. */
export class NotSql extends Error {
  override readonly name = 'NotSql'
}

export async function readStatements({ sql }: Migration): Promise<Statement[]> {
  const bytes = Buffer.from(sql)
  const { stmts = [] } = await understand(sql)
  return stmts.flatMap(({ stmt: node, stmt_location: from = 0 }) => {
    if (!node) return []
    const above = leadOf(bytes.subarray(from).toString())
    const line = bytes.subarray(0, from).toString().split('\n').length + above.split('\n').length - 1
    return [{ node, line, waivers: above.split('\n').flatMap(readWaiver) }]
  })
}

async function understand(sql: string): Promise<ParseResult> {
  try {
    return (await parse(sql)) as ParseResult
  } catch (error) {
    throw hasSqlDetails(error) ? new NotSql(error.message, { cause: error }) : error
  }
}

/** Blank lines and comments before its first word. */
function leadOf(text: string): string {
  return /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*/.exec(text)?.[0] ?? ''
}

/** Without a reason, or in another form, it names no rule and allows nothing. */
function readWaiver(line: string): Waiver[] {
  if (!/^\s*--\s*lightpress:allow\b/.test(line)) return []
  const [, rules = '', reason = ''] = WAIVER.exec(line) ?? []
  return [{ rules: rules.split(/,\s*/).filter(Boolean), reason }]
}

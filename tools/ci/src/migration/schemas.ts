import type { Node } from 'libpg-query'

/** PostgreSQL's own types and functions, and those of extensions, are everybody's. */
const EVERYBODYS = ['pg_catalog', 'public']

/** Lists of names of which, where there are two, the first is a schema. */
const QUALIFIED = ['funcname', 'names', 'typeName', 'opclass']

interface Whose {
  own: string
  /** The schemas of the others, for which a text is searched that the parser does not read. */
  others: readonly string[]
}

/** Schemas of others that a statement names, each once. */
export function findSchemas(node: Node, { own, others }: Whose): string[] {
  const lists = 'DropStmt' in node ? [...QUALIFIED, 'items'] : QUALIFIED
  // The body of a function is a text.
  const bodied = 'CreateFunctionStmt' in node || 'DoStmt' in node
  const named = new Set<string>()
  visit(node, (key, value) => {
    if (key === 'schemaname' && typeof value === 'string') named.add(value)
    const [schema, name] = lists.includes(key) ? namesIn(value) : []
    if (schema !== undefined && name !== undefined) named.add(schema)
    if (bodied && key === 'sval' && typeof value === 'string')
      for (const other of others) if (new RegExp(`\\b${other}"?\\.`).test(value)) named.add(other)
  })
  return [...named].filter((name) => name !== own && !EVERYBODYS.includes(name))
}

function visit(value: unknown, see: (key: string, value: unknown) => void): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, child] of Object.entries(value)) {
    see(key, child)
    visit(child, see)
  }
}

function namesIn(list: unknown): string[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((item: { String?: { sval?: string } } | null) => item?.String?.sval ?? [])
}

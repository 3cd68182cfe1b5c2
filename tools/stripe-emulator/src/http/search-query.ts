import { invalidRequest, type ApiError } from './errors.ts'

/** What can be asked of a field: a token is equal or not, a string may contain something, a number be compared. */
export type FieldKind = 'token' | 'string' | 'numeric'

/** Such as `-name~"ada"`; without a value it asks for null. A field of the metadata has the `key`. */
export interface Clause {
  negated: boolean
  field: string
  key: string | null
  operator: Operator
  value: string | null
}

export interface Query {
  clauses: Clause[]
  joined: 'AND' | 'OR'
}

type Operator = ':' | '~' | '>' | '<' | '>=' | '<='

const operators: Record<FieldKind, readonly Operator[]> = {
  token: [':'],
  string: [':', '~'],
  numeric: [':', '>', '<', '>=', '<='],
}

const mostClauses = 10
const shortestPart = 3

/** Reads Stripe's query language: https://docs.stripe.com/search#search-query-language */
export function parseQuery(text: string, fields: Record<string, FieldKind>): Query {
  const reader = createReader(text)
  const clauses = [readClause(reader, fields)]
  const joints = new Set<'AND' | 'OR'>()
  while (!reader.atEnd()) {
    joints.add(readJoint(reader))
    clauses.push(readClause(reader, fields))
  }
  if (joints.size > 1) throw malformed('AND and OR cannot be combined in one query.')
  if (clauses.length > mostClauses) throw malformed(`A query has ${mostClauses} clauses at most.`)
  return { clauses, joined: joints.has('OR') ? 'OR' : 'AND' }
}

interface Reader {
  /** What stands here, if it has this form. */
  take(form: RegExp): string | undefined
  atEnd(): boolean
  unexpected(wanted: string): ApiError
}

function createReader(text: string): Reader {
  let rest = text.trim()
  return {
    take(form) {
      const found = form.exec(rest)?.[0]
      if (found !== undefined) rest = rest.slice(found.length).trimStart()
      return found
    },
    atEnd: () => rest === '',
    unexpected: (wanted) => malformed(`Expected ${wanted} ${rest === '' ? 'at the end' : `before: ${rest}`}`),
  }
}

function readJoint(reader: Reader): 'AND' | 'OR' {
  const joint = reader.take(/^(?:AND|OR)\b/)
  if (joint === 'AND' || joint === 'OR') return joint
  throw reader.unexpected('AND or OR')
}

function readClause(reader: Reader, fields: Record<string, FieldKind>): Clause {
  const negated = reader.take(/^-/) !== undefined
  const field = reader.take(/^[a-z][a-z0-9_.]*/)
  if (field === undefined) throw reader.unexpected('the name of a field')
  const kind = Object.hasOwn(fields, field) ? fields[field] : undefined
  if (kind === undefined) {
    throw malformed(`Field \`${field}\` is an unsupported search field: use ${Object.keys(fields).join(', ')}.`)
  }
  const key = field === 'metadata' ? readKey(reader) : null
  const operator = readOperator(reader, { field, kind })
  return { negated, field, key, operator, value: readValue(reader, { field, kind, operator }) }
}

function readKey(reader: Reader): string {
  const key = reader.take(/^\[\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\]/)
  if (key === undefined) throw reader.unexpected('["key"] after `metadata`')
  return unquoted(key.slice(1, -1).trim())
}

function readOperator(reader: Reader, { field, kind }: { field: string; kind: FieldKind }): Operator {
  const written = reader.take(/^(?:>=|<=|[:=~<>])/)
  if (written === undefined) throw reader.unexpected(`an operator after \`${field}\``)
  const operator = written === '=' ? ':' : (written as Operator)
  if (operators[kind].includes(operator)) return operator
  throw malformed(`Field \`${field}\` does not support the operator ${written}: use ${operators[kind].join(' ')}.`)
}

function readValue(
  reader: Reader,
  { field, kind, operator }: { field: string; kind: FieldKind; operator: Operator },
): string | null {
  if (operator === ':' && reader.take(/^(?:null|NULL)\b/) !== undefined) return null
  const bare = reader.take(kind === 'numeric' ? /^-?\d+(?:\.\d+)?/ : /^(?:true|false)\b/)
  const quoted = bare === undefined ? reader.take(/^(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/) : undefined
  if (bare === undefined && quoted === undefined) throw reader.unexpected(`a value in quotation marks for \`${field}\``)
  const value = bare ?? unquoted(quoted ?? '')
  if (kind === 'numeric' && !/^-?\d+(?:\.\d+)?$/.test(value))
    throw malformed(`Field \`${field}\` is a number, not ${value}.`)
  if (operator === '~' && value.length < shortestPart) {
    throw malformed(`Field \`${field}\` can be searched for parts of ${shortestPart} characters or more.`)
  }
  return value
}

function unquoted(text: string): string {
  return text.slice(1, -1).replaceAll(/\\(.)/g, '$1')
}

function malformed(reason: string): ApiError {
  return invalidRequest(`We were unable to parse your search query. ${reason}`, { param: 'query' })
}

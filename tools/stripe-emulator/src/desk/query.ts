/** The fields of an address that are not empty. */
export type Query = Record<string, string>

const shown = 25

export function queryOf(given: unknown): Query {
  const fields = Object.entries((given ?? {}) as Record<string, unknown>)
  return Object.fromEntries(fields.filter((field): field is [string, string] => isText(field[1])))
}

/** Whether something is as the query asks for it, in those of its fields that it asks for. */
export function fits(query: Query, fields: Record<string, string | null>): boolean {
  return Object.entries(fields).every(([name, value]) => query[name] === undefined || query[name] === value)
}

/** What `paginate` takes, by the pager's `after` and `before`. */
export function paging({ after, before }: Query) {
  return { limit: shown, starting_after: after, ending_before: before }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

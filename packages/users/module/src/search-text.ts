import { sql, type SQL, type SQLWrapper } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'

// How names and addresses are compared with what somebody types who looks for one. All of it is immutable, so that
// indexes are made of it, and an index serves exactly what is written with the same function.

/**
 * Without case and accents, as far as Unicode takes letters apart: é is e, Å is a; ø and ł stay what they are. Not by
 * `unaccent`: its dictionary is a file of the server, so that no index may rely on it.
 */
export function folded(text: SQLWrapper): SQL<string> {
  return sql`lower(regexp_replace(normalize(${text}, NFKD), '[\\u0300-\\u036f]', '', 'g'))`
}

/** By bytes: the beginning of a text is then a stretch of an index, whatever language the database sorts by. */
export function inBytes(text: SQLWrapper): SQL<string> {
  return sql`(${text} collate "C")`
}

/** Name and address, to find any part of them. */
export function nameAndAddress({ name, emailKey }: { name: PgColumn; emailKey: PgColumn }): SQL<string> {
  return folded(sql`(${name} || ' ' || ${emailKey})`)
}

/** What was typed, as a value. */
export function typed(query: string): SQL<string> {
  return folded(sql`${query}::text`)
}

export function beginsWith(text: SQLWrapper, query: string): SQL {
  return sql`${inBytes(text)} ^@ ${typed(query)}`
}

/** `%`, `_` and `\` are what somebody typed, and no pattern. */
export function contains(text: SQLWrapper, query: string): SQL {
  return sql`${text} like '%' || regexp_replace(${typed(query)}, '([\\\\%_])', '\\\\\\1', 'g') || '%'`
}

/** The same by no index, for what is looked through anyway: the members of one organisation. */
export function includes(text: SQLWrapper, query: string): SQL {
  return sql`strpos(${text}, ${typed(query)}) > 0`
}

/** Some words of it are spelt much like this. */
export function resembles(text: SQLWrapper, query: string): SQL {
  return sql`${text} %> ${typed(query)}`
}

/** From 0, the same, to 1, nothing in common; what begins with it is nearer than what has it somewhere. */
export function distanceFrom(
  query: string,
  { name, text, keys }: { name: SQLWrapper; text: SQLWrapper; keys: readonly SQLWrapper[] },
): SQL<number> {
  const is = sql.join(
    keys.map((key) => sql`${key} = ${typed(query)}`),
    sql` or `,
  )
  const begins = sql.join(
    keys.map((key) => beginsWith(key, query)),
    sql` or `,
  )
  const unlike = sql`(2 - word_similarity(${typed(query)}, ${text}) - similarity(${typed(query)}, ${folded(name)})) / 2`
  const distance = sql`case when ${is} then 0 when ${begins} then ${unlike} / 2 else ${unlike} end`
  // Rounded, so that it is in a cursor what it is here.
  return sql<number>`round((${distance})::numeric, 6)`
}

/** Whether there are three letters or digits on end: of less the index of parts of words knows nothing. */
export function hasTrigram(query: string): boolean {
  return /[\p{L}\p{N}]{3}/u.test(query.normalize('NFKD').replace(/[\u0300-\u036f]/g, ''))
}

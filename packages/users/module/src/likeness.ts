import { decodeCursor, pageFrom } from '@lightpress/kernel'
import { sql, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import type { UsersContext } from './context.ts'
import { inState, type State } from './operator-views.ts'
import type { organization, person } from './schema.ts'
import { beginsWith, contains, distanceFrom, hasTrigram, inBytes, resembles } from './search-text.ts'

// To find what is like a text by ordering everything by its likeness would be to read everything. So candidates come
// first, each kind from an index of its own and no more of it than a thousand pages' worth of reading would show
// anybody: what begins with the text, what has it somewhere, and if that is little, what is spelt much like it. Only
// these are compared and ordered, and paged to their end. Of a text that more are like than that (a first name, a
// domain) what begins with it comes in its order, and of the rest some: whoever wants another one types more of it.

/** Candidates of a kind. */
const CANDIDATES = 500
/**
 * So much must what was typed and some words of the text have in common, of all the three letters on end that either
 * has: two letters the wrong way round leave 0.4 of a short word and more of a long one.
 */
const LIKENESS = 0.3

/** What is looked for among people or organisations. */
export interface Searched {
  table: typeof person | typeof organization
  name: PgColumn
  /** What the text may be anywhere in; what it may be, or be the beginning of. */
  text: SQL
  keys: readonly SQL[]
}

const Key = z.tuple([z.number(), z.uuid()])

/** A page of ids, the likest first; for an id, whose it is. */
export async function findLike(
  searched: Searched,
  {
    query,
    state,
    limit,
    cursor,
  }: { query: string; state?: State | undefined; limit: number; cursor?: string | undefined },
  ctx: UsersContext,
): Promise<{ ids: string[]; nextCursor: string | null }> {
  const { table } = searched
  const after = decodeCursor(cursor, Key)
  const which = state && inState(table, state)
  const distance = distanceFrom(query, searched)
  const rows = await ctx.withTx(async (tx) => {
    // With a limit a scan that finds enough soon looks cheapest, and is the dearest where it does not.
    await tx.execute(
      sql`select set_config('enable_seqscan', 'off', true), set_config('pg_trgm.word_similarity_threshold', ${String(LIKENESS)}, true)`,
    )
    const { rows } = await tx.execute<{ id: string; distance: string }>(sql`
      with ${candidates(searched, query, which)}
      select id, distance from (select ${table.id} as id, ${distance} as distance from candidate join ${table} on ${table.id} = candidate.id) ranked
      where ${after ? sql`(distance, id) > (${after[0]}::numeric, ${after[1]}::uuid)` : sql`true`}
      order by distance, id
      limit ${limit + 1}`)
    return rows
  })
  const { items, nextCursor } = pageFrom(rows, limit, (row) => [Number(row.distance), row.id])
  return { ids: items.map(({ id }) => id), nextCursor }
}

/**
 * The lists of a name, and then those of a part, are read as far as they are wanted only. That a list is of its own is
 * so that it is planned as if all of it were: planned for its beginning, reading the table looks cheaper than an index.
 */
function candidates({ table, text, keys }: Searched, query: string, which: SQL | undefined): SQL {
  const where = (condition: SQL) => sql`select id from ${table} where ${condition}${which && sql` and ${which}`}`
  const list = (name: string, rows: SQL) => sql`${sql.identifier(name)} as materialized (${rows})`
  const some = (name: string) => sql`(select id from ${sql.identifier(name)} limit ${CANDIDATES})`
  if (z.uuid().safeParse(query).success) return list('candidate', where(sql`id = ${query}::uuid`))
  const beginnings = keys.map(
    (key) => sql`(${where(beginsWith(key, query))} order by ${inBytes(key)}, id limit ${CANDIDATES})`,
  )
  // Of fewer letters the index of parts of words knows nothing.
  if (!hasTrigram(query)) return list('candidate', sql.join(beginnings, sql` union `))
  return sql.join(
    [
      list('containing', where(contains(text, query))),
      list('resembling', where(resembles(text, query))),
      list('certain', sql.join([...beginnings, some('containing')], sql` union `)),
      list(
        'candidate',
        sql`select id from certain union (select id from resembling where (select count(*) from certain) < ${CANDIDATES} limit ${CANDIDATES})`,
      ),
    ],
    sql`, `,
  )
}

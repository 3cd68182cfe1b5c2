import type { Context } from '../context.ts'
import { paginate } from '../http/list.ts'
import { html, type Html } from '../pages/html.ts'
import type { Page } from '../pages/layout.ts'
import { desk, type DeskPage } from './desk-layout.ts'
import { count, filters, heading, pager, type Filter } from './parts.ts'
import { paging, type Query } from './query.ts'

interface List<Row> {
  title: string
  at: NonNullable<DeskPage['at']>
  /** What one of them is called. */
  noun: string
  /** All that the query asks for. */
  found: Row[]
  /** By what it may ask for less. */
  by: readonly Filter[]
  shown(rows: readonly Row[]): Html
}

/** Things of one kind: how many there are, which of them, and those of one page. */
export function listPage<Row extends { id: string; created: number }>(
  { title, at, noun, found, by, shown }: List<Row>,
  query: Query,
  ctx: Context,
): Page {
  const page = paginate(found, at, paging(query))
  return desk(
    {
      title,
      at,
      body: html`
        ${heading(title, { lead: count(found.length, noun) })} ${filters(at, query, by)} ${shown(page.data)}
        ${pager(page, at, query)}
      `,
    },
    ctx,
  )
}

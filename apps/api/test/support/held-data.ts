// What a module says of its tables, compared with the tables that there are.
import type { Module } from '@lightpress/kernel'
import { getTableColumns } from 'drizzle-orm'
import { getTableConfig } from 'drizzle-orm/pg-core'

/** The columns of each table of a schema, by the table's name. */
export type Tables = ReadonlyMap<string, readonly string[]>

/** Ids of people and organisations, whatever they are called there. */
const AN_ID =
  /(^|_)(user|person|people|member|owner|account|actor|impersonator|operator|organi[sz]ation|subject|invit\w+|requested|created|accepted)_(id|by)$/
/** What identifies somebody by itself. */
const PERSONAL =
  /(^|_)(e?mail|address|recipient|name|first_name|last_name|ip|user_agent|phone|avatar|picture|note|locale|time_zone|contact)(_|$)/

/** Everything that is wrong; nothing is. The migration runner's own table is not the module's. */
export function findForgotten({ data }: Pick<Module, 'data'>, tables: Tables): string[] {
  const held = new Set(data.holdings.map(({ table }) => getTableConfig(table).name))
  const impersonal = (data.impersonal ?? []).map(({ table, ids = [] }) => ({
    name: getTableConfig(table).name,
    ids: ids.map((id) => getTableColumns(table)[id]?.name ?? id),
  }))
  const wrong: string[] = []
  for (const [name, columns] of tables) {
    if (name === 'migration') continue
    const stands = impersonal.filter((one) => one.name === name)
    if (Number(held.has(name)) + stands.length !== 1)
      wrong.push(`${name} stands in ${stands.length + Number(held.has(name))} lists`)
    for (const { ids } of stands) {
      for (const column of columns) {
        if (PERSONAL.test(column)) wrong.push(`${name}.${column} says something about somebody`)
        else if (AN_ID.test(column) && !ids.includes(column)) wrong.push(`${name}.${column} is somebody’s id`)
      }
      for (const id of ids) if (!columns.includes(id)) wrong.push(`${name}.${id} is no column`)
    }
  }
  for (const name of [...held, ...impersonal.map((one) => one.name)])
    if (!tables.has(name)) wrong.push(`${name} is no table`)
  return wrong
}

import { jsonIn, unzip, type Manifest } from '@lightpress/testing'
import { readModules } from '@lightpress/ci'
import type { Module } from '@lightpress/kernel'
import type { Subject } from '@lightpress/protocol'
import { getTableColumns } from 'drizzle-orm'
import { getTableConfig } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { furnish } from './support/belongings.ts'
import { serviceOf } from './support/operations.ts'
import { until } from './support/person.ts'
import { createWorld, joinWorld, newSession, type Member, type World } from './support/world.ts'

const modules = [...(await readModules()).values()]

describe('what is handed over, by all modules', () => {
  let world: World
  let ada: Member
  let archives: Record<Subject['kind'], Map<string, Buffer>>
  beforeAll(async () => {
    world = await createWorld('single')
    ada = await joinWorld(world, 'Ada Lovelace')
    await furnish(world, ada)
    await ada.billing.startCheckout({ planId: 'pro', interval: 'month' })
    archives = { person: await handOver('person'), organization: await handOver('organization') }
  })
  afterAll(() => world?.close())

  it.each(['person', 'organization'] as const)('about a %s has a file of each kind of thing that is held', (kind) => {
    const expected = modules.flatMap(({ name, data }) =>
      data.holdings
        .filter((holding) => holding[kind] && !holding.unexported)
        .map((holding) => `${name}/${holding.name.replaceAll(' ', '-')}.json`),
    )
    const { files } = jsonIn<Manifest>(archives[kind], 'manifest.json')
    expect(files.map(({ path }) => path).toSorted()).toEqual([...new Set(expected)].toSorted())
    for (const { path, rows } of files)
      expect([path, jsonIn<unknown[]>(archives[kind], path).length]).toEqual([path, rows])
    expect(files.filter(({ rows }) => rows !== 0).length).toBeGreaterThan(5)
  })

  it('has what each module was told of somebody', () => {
    const text = (kind: Subject['kind'], module: string) =>
      [...archives[kind]].map(([path, content]) => (path.startsWith(`${module}/`) ? content.toString() : '')).join('')
    expect(text('person', 'users')).toContain(ada.email)
    for (const told of [ada.email, 'A laptop', 'https://id.example.com']) expect(text('person', 'auth')).toContain(told)
    expect(text('person', 'notifications')).toMatch(/welcome/i)
    expect(text('organization', 'users')).toContain(ada.identity.userId)
    expect(text('organization', 'auth')).toContain('A program')
    expect(text('organization', 'billing')).toContain('cus_')
  })

  it('has nothing in it that opens a door', async () => {
    const secrets = (await Promise.all(modules.map(secretsOf))).flat()
    expect(secrets.length).toBeGreaterThan(3)
    for (const content of Object.values(archives)) {
      const text = [...content.values()].map((bytes) => bytes.toString('utf8')).join('\n')
      const found = secrets.filter(({ value }) => formsOf(value).some((form) => text.includes(form)))
      expect(found.map(({ column }) => column)).toEqual([])
    }
  })

  async function handOver(kind: Subject['kind']): Promise<Map<string, Buffer>> {
    const { organizationId } = ada.identity
    const path = kind === 'person' ? '/v1/users/me' : `/v1/organizations/${organizationId}`
    const call = async (method: string, at: string) => {
      const headers = { ...(await newSession(world, ada)), origin: world.stack.url }
      return world.send(serviceOf(world.stack, 'users'), { method, path: path + at, headers })
    }
    const asked = await call('POST', '/export')
    expect([asked.status, asked.text]).toEqual([202, asked.text])
    const { id } = asked.json as { id: string }
    await until(
      async () => ((await call('GET', '/exports')).json as { items: { id: string; state: string }[] }).items,
      (items) => items.some((item) => item.id === id && item.state === 'ready'),
    )
    const headers = { ...(await newSession(world, ada)), host: new URL(world.stack.url).host }
    const response = await fetch(`${world.stack.url}${path}/exports/${id}/archive`, { headers })
    expect(response.status).toBe(200)
    return unzip(new Uint8Array(await response.arrayBuffer()))
  }

  /** What stands in the columns that a module calls secret. */
  async function secretsOf({ data }: Module): Promise<{ column: string; value: string }[]> {
    const found = data.holdings.flatMap(({ table, secret = [] }) => {
      const { schema, name } = getTableConfig(table)
      const columns = getTableColumns(table)
      return secret.map((key) => ({ place: `"${schema}"."${name}"`, column: columns[key]?.name as string }))
    })
    const rows = await Promise.all(
      found.map(async ({ place, column }) => {
        const result = await world.database.query<{ value: string | null }>(
          `select "${column}"::text as value from ${place}`,
        )
        return result.rows.map(({ value }) => ({ column: `${place}.${column}`, value: value ?? '' }))
      }),
    )
    // Shorter ones are no secrets, and stand by chance in anything.
    return rows.flat().filter(({ value }) => value.length >= 16)
  }
})

/** As text, and bytes as JSON has them. */
function formsOf(value: string): string[] {
  if (!value.startsWith('\\x')) return [value, JSON.stringify(value).slice(1, -1)]
  const bytes = Buffer.from(value.slice(2), 'hex')
  return [
    value.slice(2),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    JSON.stringify([...bytes]).slice(1, -1),
  ]
}

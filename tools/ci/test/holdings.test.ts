import { readFileSync } from 'node:fs'
import { about, doomed, emptied, kept, type Holding } from '@lightpress/kernel'
import { eq, sql } from 'drizzle-orm'
import { pgSchema, text, uuid } from 'drizzle-orm/pg-core'
import { describe, expect, it } from 'vitest'
import { readModules } from '../src/discover.ts'
import { holdingsPage, renderHoldings } from '../src/holdings.ts'

const { table } = pgSchema('garden')
const gate = table('gate', { id: uuid().primaryKey(), hinge: text() })
const guest = table('guest', { id: uuid().primaryKey(), gardenId: uuid('garden_id'), name: text(), key: text() })

function holdingOf(said: Omit<Holding, 'name' | 'table'>): Holding {
  return { name: 'guests', table: guest, ...said }
}

function rowOf(holding: Holding): string {
  return renderHoldings([{ name: 'garden', data: { holdings: [holding] } }])
}

describe('the page', () => {
  const ofGuest = (id: string) => eq(guest.id, id)

  it('says what becomes of it when a person is erased, and when an organisation is', () => {
    const organization = about((id) => eq(guest.gardenId, id))
    const person = about(ofGuest, emptied({ name: null, key: sql`'none'` }))
    expect(rowOf(holdingOf({ person, organization }))).toContain(
      '| guests | `garden.guest` | stays without `name`, with `key` as befits that | goes | yes | `id`, `gardenId`, `name`, `key` |',
    )
    expect(rowOf(holdingOf({ organization }))).toContain('| guests | `garden.guest` |  | goes | yes |')
  })

  it.each([
    ['goes, after what it stands for', doomed({ name: null })],
    ['stays without `name`', emptied({ name: null })],
    ['stays: The law wants it.', kept('The law wants it.')],
  ])('says that it %s', (outcome, fate) => {
    expect(rowOf(holdingOf({ person: about(ofGuest, fate) }))).toContain(`| \`garden.guest\` | ${outcome} |  | yes |`)
  })

  it('says what is not handed over', () => {
    const person = about(ofGuest)
    expect(rowOf(holdingOf({ person, secret: ['key'] }))).toContain('| goes |  | all but `key` |')
    expect(rowOf(holdingOf({ person, unexported: true }))).toContain('| goes |  | no |')
  })

  it('says of what is about nobody why, in a chapter for each module', () => {
    const page = renderHoldings([
      { name: 'wall', data: { holdings: [] } },
      { name: 'garden', data: { holdings: [], impersonal: [{ table: gate, because: 'It is shut.', ids: ['id'] }] } },
    ])
    expect(page).toContain('| `garden.gate` | It is shut. | `id` | `id`, `hinge` |')
    expect(page.indexOf('## garden')).toBeLessThan(page.indexOf('## wall'))
  })
})

describe("the workspace's modules", async () => {
  const page = renderHoldings([...(await readModules()).values()])

  it('have their holdings on docs/security/holdings.md as they are (node tools/ci/src/holdings.ts)', () => {
    expect(page).toContain('| profile | `users.person` | goes |  | yes |')
    expect(readFileSync(holdingsPage, 'utf8')).toBe(page)
  })
})

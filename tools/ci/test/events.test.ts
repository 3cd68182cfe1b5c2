import { readFileSync } from 'node:fs'
import { on } from '@lightpress/kernel'
import { defineEvent } from '@lightpress/protocol'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { eventsPage, findEventProblems, readHouse, renderEvents, type House } from '../src/events.ts'

const wallPainted = defineEvent('shop.wall.painted.v1', z.object({ wallId: z.uuid() }), { listeners: ['gallery'] })
const handler = on(wallPainted, { handle: async () => undefined })

const shop = { name: 'shop', publishes: [wallPainted], listeners: new Map() }
const gallery = { name: 'gallery', publishes: [], listeners: new Map([[wallPainted.type, handler]]) }
const house = {
  events: [wallPainted],
  modules: new Map<string, typeof shop | typeof gallery>([
    ['@house/shop', shop],
    ['@house/gallery', gallery],
  ]),
  deployments: new Map([
    ['shop-service', ['@house/shop']],
    ['gallery-service', ['@house/gallery']],
  ]),
}

describe('an event arrives', () => {
  it('when it is said, handled and deployed', () => {
    expect(findEventProblems(house)).toEqual([])
  })

  it.each<[string, Partial<House>, string]>([
    [
      'its listener has no handler',
      { modules: new Map([...house.modules, ['@house/gallery', { ...gallery, listeners: new Map() }]]) },
      'shop.wall.painted.v1 names gallery, which has no handler for it',
    ],
    [
      'its listener is deployed nowhere',
      { deployments: new Map([['shop-service', ['@house/shop']]]) },
      'shop.wall.painted.v1 names gallery, which no app deploys',
    ],
    [
      'its listener does not exist',
      { modules: new Map([['@house/shop', shop]]) },
      'shop.wall.painted.v1 names gallery, which is no module',
    ],
    [
      'its module does not publish it',
      { modules: new Map([...house.modules, ['@house/shop', { ...shop, publishes: [] }]]) },
      'shop.wall.painted.v1 is not among what shop publishes',
    ],
  ])('not when %s', (_, broken, problem) => {
    expect(findEventProblems({ ...house, ...broken })).toEqual([problem])
  })

  it('not when no contract declares what is handled and published', () => {
    expect(findEventProblems({ ...house, events: [] })).toEqual([
      'shop publishes shop.wall.painted.v1, which no contract declares',
      'gallery handles shop.wall.painted.v1, which no contract says to it',
    ])
  })
})

it('the page says who says what to whom, and where that runs', () => {
  const page = renderEvents(house)
  expect(page).toContain('| `shop.wall.painted.v1` | shop | gallery | `wallId` |')
  expect(page).toContain('| gallery | `apps/gallery-service` |')
})

describe("the workspace's events", async () => {
  const workspace = await readHouse()

  it('arrive, all of them', () => {
    expect(workspace.events.length).toBeGreaterThan(0)
    expect(findEventProblems(workspace)).toEqual([])
  })

  it('are on docs/events.md as they are (node tools/ci/src/events.ts)', () => {
    expect(readFileSync(eventsPage, 'utf8')).toBe(renderEvents(workspace))
  })
})

import { defineEvent } from '@lightpress/protocol'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readContracts } from '../../src/discover.ts'
import { edgesOf, listenersFirst } from '../../src/deploy/order.ts'

const event = (type: string, ...listeners: string[]) => defineEvent(type, z.object({}), { listeners })
const events = [
  event('shop.order.placed.v1', 'mail', 'store'),
  event('store.stock.ended.v1', 'mail'),
  event('mail.letter.bounced.v1', 'shop'),
]
const all = ['mail', 'shop', 'store']

describe('the order of a deployment', () => {
  it('has who listens before who speaks', () => {
    const oneWay = events.slice(0, 2)
    expect(listenersFirst(all, edgesOf(oneWay, undefined))).toEqual(['mail', 'store', 'shop'])
  })

  it('is there as well where modules listen to each other, and says nothing new', () => {
    const deployed = new Map(events.map(({ type, listeners }) => [type, listeners]))
    expect(listenersFirst(all, edgesOf(events, deployed))).toEqual(['mail', 'store', 'shop'])
  })

  it('puts what is new between two of them above what they have said all along', () => {
    const deployed = new Map(events.slice(0, 2).map(({ type, listeners }) => [type, listeners]))
    expect(listenersFirst(all, edgesOf(events, deployed))).toEqual(['store', 'shop', 'mail'])
  })

  it('counts a further listener of what is said already as new', () => {
    const deployed = new Map([['mail.letter.bounced.v1', []]])
    const edges = edgesOf([events[2]!], deployed)
    expect(edges).toEqual([{ event: 'mail.letter.bounced.v1', publisher: 'mail', listener: 'shop', added: true }])
  })

  it('cannot be given where each waits for the other, which is said with a way out', () => {
    expect(() => listenersFirst(all, edgesOf(events, new Map()))).toThrow(
      /each wants its listener deployed first:[^]*mail says mail\.letter\.bounced\.v1 to shop[^]*one release/,
    )
  })

  it('leaves out whom the plan leaves out', () => {
    expect(listenersFirst(['shop'], edgesOf(events, new Map()))).toEqual(['shop'])
  })

  it('is found for the contracts of this workspace, each module once', async () => {
    const contracts = await readContracts()
    const names = contracts.map(({ contract }) => contract.name)
    const order = listenersFirst(
      names,
      edgesOf(
        contracts.flatMap((declared) => declared.events),
        undefined,
      ),
    )
    expect([...order].sort()).toEqual(names)
  })
})

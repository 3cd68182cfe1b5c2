import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  command,
  defineContract,
  defineEvent,
  query,
  type EventDefinition,
  type Operations,
} from '@lightpress/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { findBreaks } from '../src/compatibility.ts'
import { compare, update } from '../src/contracts.ts'
import { readContracts } from '../src/discover.ts'
import { snapshotOf } from '../src/snapshot.ts'

const input = z.object({ id: z.uuid(), colour: z.enum(['red', 'green']), note: z.string().max(100).optional() })
const output = z.object({
  id: z.uuid(),
  state: z.enum(['open', 'closed']),
  note: z.string().nullable(),
  tags: z.array(z.object({ name: z.string() })),
})

function paint(declared: Partial<Parameters<typeof command<typeof input, typeof output, string>>[0]> = {}) {
  return command({ path: '/v1/shop/:id/paint', access: 'member', summary: 'Paints.', input, output, ...declared })
}
function withInput(changed: z.ZodObject) {
  return {
    paint: command({ path: '/v1/shop/:id/paint', access: 'member', summary: 'Paints.', input: changed, output }),
  }
}
function withOutput(changed: z.ZodObject) {
  return {
    paint: command({ path: '/v1/shop/:id/paint', access: 'member', summary: 'Paints.', input, output: changed }),
  }
}
function painted(payload: z.ZodType = output, listeners = ['billing', 'users']) {
  return defineEvent('shop.wall.painted.v1', payload, { listeners })
}
function version(operations: Operations, events: EventDefinition[] = [], reasons: string[] = []) {
  return snapshotOf(defineContract('shop', operations, { reasons }), events)
}

const last = version({ paint: paint() })

describe('what an API key could call', () => {
  const before = version({ paint: paint({ scope: 'shop:read' }) })

  it.each([
    ['needs another scope', paint({ scope: 'shop:write' }), 'an API key now needs shop:write'],
    ['is not for keys any more', paint(), 'an API key may not call it any more'],
  ])('%s', (_what, after, said) => {
    expect(findBreaks(before, version({ paint: after }))).toEqual([`shop paint: ${said}`])
  })
})

describe('what adds breaks nobody', () => {
  it.each([
    ['the same again', version({ paint: paint() })],
    ['a key may now, too', version({ paint: paint({ scope: 'shop:write' }) })],
    ['an operation', version({ paint: paint(), look: query({ access: 'service', summary: '', input, output }) })],
    ['an optional input', version(withInput(input.extend({ size: z.number().optional() })))],
    ['an input with a default', version(withInput(input.extend({ size: z.number().default(1) })))],
    [
      'an input that need not be sent any more',
      version(withInput(input.extend({ colour: input.shape.colour.optional() }))),
    ],
    ['another value of an input', version(withInput(input.extend({ colour: z.enum(['red', 'green', 'blue']) })))],
    ['null where a text was taken', version(withInput(input.extend({ note: z.string().max(100).nullish() })))],
    ['a wider limit', version(withInput(input.extend({ note: z.string().max(200).optional() })))],
    ['an output', version(withOutput(output.extend({ size: z.number() })))],
    ['an output that is never null any more', version(withOutput(output.extend({ note: z.string() })))],
    ['looser access', version({ paint: paint({ access: 'user' }) })],
    ['an event', version({ paint: paint() }, [painted()])],
    ['a reason', version({ paint: paint() }, [], ['shop.wall_wet'])],
  ])('%s', (_, next) => {
    expect(findBreaks(last, next)).toEqual([])
  })

  it('an optional field and a listener of an event', () => {
    const wider = painted(output.extend({ size: z.number().optional() }), ['billing', 'users', 'auth'])
    expect(findBreaks(version({}, [painted()]), version({}, [wider]))).toEqual([])
  })
})

describe('what breaks an operation', () => {
  it.each([
    ['is gone', version({}), 'paint: was removed'],
    [
      'another path',
      version({ paint: paint({ path: '/v1/shop/:id/colour' }) }),
      'path was /v1/shop/:id/paint, is /v1/shop/:id/colour',
    ],
    ['another method', version({ paint: paint({ method: 'PUT' }) }), 'method was POST, is PUT'],
    ['another status', version({ paint: paint({ status: 201 }) }), 'status was 200, is 201'],
    ['fewer may', version({ paint: paint({ access: 'admin' }) }), 'access was member, is admin'],
    ['others may', version({ paint: paint({ access: 'platform' }) }), 'access was member, is platform'],
    ['who asks must be surer', version({ paint: paint({ assurance: 'recent' }) }), 'assurance was none, is recent'],
    ['a new required input', version(withInput(input.extend({ size: z.number() }))), 'input.size: must be sent now'],
    [
      'an input made required',
      version(withInput(input.extend({ note: z.string().max(100) }))),
      'input.note: must be sent now',
    ],
    ['an input is gone', version(withInput(input.omit({ note: true }))), 'input.note: was removed'],
    [
      'a narrower enum',
      version(withInput(input.extend({ colour: z.enum(['red']) }))),
      'input.colour: green is no longer taken',
    ],
    [
      'an enum for a text',
      version(withInput(input.extend({ note: z.enum(['a']).optional() }))),
      'input.note: must be a now',
    ],
    [
      'another type',
      version(withInput(input.extend({ note: z.number().optional() }))),
      'input.note: type was string, is number',
    ],
    [
      'a narrower limit',
      version(withInput(input.extend({ note: z.string().max(50).optional() }))),
      'input.note: maxLength changed',
    ],
    ['an output is gone', version(withOutput(output.omit({ note: true }))), 'output.note: was removed'],
    [
      'an output may be missing',
      version(withOutput(output.extend({ note: z.string().nullable().optional() }))),
      'output.note: may be missing now',
    ],
    [
      'an output may be null',
      version(withOutput(output.extend({ id: z.uuid().nullable() }))),
      'output.id: may be null now',
    ],
    [
      'a state that readers do not know',
      version(withOutput(output.extend({ state: z.enum(['open', 'closed', 'lost']) }))),
      'output.state: may be lost now',
    ],
    [
      'a state that readers wait for',
      version(withOutput(output.extend({ state: z.enum(['open']) }))),
      'output.state: is never closed any more',
    ],
    [
      'a text where readers know two states',
      version(withOutput(output.extend({ state: z.string() }))),
      'output.state: may be anything now',
    ],
    [
      'deep inside a list',
      version(withOutput(output.extend({ tags: z.array(z.object({ name: z.number() })) }))),
      'output.tags[].name: type was string, is number',
    ],
  ])('%s', (_, next, told) => {
    const breaks = findBreaks(last, next)
    expect(breaks[0]).toContain('shop paint: ')
    expect(breaks[0]).toContain(told)
  })

  it('and a reason that is gone', () => {
    expect(findBreaks(version({}, [], ['shop.wall_wet']), version({}))).toEqual(['shop shop.wall_wet: was removed'])
  })
})

describe('what breaks an event', () => {
  it.each([
    ['is gone', [], 'was removed'],
    ['a listener less', [painted(output, ['users'])], 'no longer tells billing'],
    ['a field less', [painted(output.omit({ note: true }))], 'payload.note: was removed'],
    [
      'a field that waiting events lack',
      [painted(output.extend({ size: z.number() }))],
      'payload.size: must be sent now',
    ],
    ['another type', [painted(output.extend({ note: z.number() }))], 'payload.note: may be number now'],
    ['a value less', [painted(output.extend({ state: z.enum(['open']) }))], 'payload.state: closed is no longer taken'],
    [
      'a value more',
      [painted(output.extend({ state: z.enum(['open', 'closed', 'lost']) }))],
      'payload.state: may be lost now',
    ],
  ])('%s', (_, events, told) => {
    const breaks = findBreaks(version({}, [painted()]), version({}, events))
    expect(breaks.join('\n')).toContain('shop shop.wall.painted.v1: ')
    expect(breaks.join('\n')).toContain(told)
  })
})

describe('a snapshot', () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lightpress-contract-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  const declare = (operations: Operations) => ({
    folder,
    contract: defineContract('shop', operations),
    events: [painted()],
  })
  const read = () => readFileSync(join(folder, 'snapshot.json'), 'utf8')

  it('is written when there is none, and current then', () => {
    expect(update([declare({ paint: paint() })], { force: false })).toEqual([])
    expect(compare(declare({ paint: paint() }))).toMatchObject({ current: true, breaks: [] })
  })

  it('is stale after an addition, and the update takes it in', () => {
    update([declare({})], { force: false })
    expect(compare(declare({ paint: paint() }))).toMatchObject({ current: false, breaks: [] })
    update([declare({ paint: paint() })], { force: false })
    expect(compare(declare({ paint: paint() })).current).toBe(true)
  })

  it('is not overwritten by what breaks it, unless forced', () => {
    update([declare({ paint: paint() })], { force: false })
    const before = read()
    expect(update([declare({})], { force: false })).toEqual(['shop paint: was removed'])
    expect(read()).toBe(before)
    expect(update([declare({})], { force: true })).toEqual([])
    expect(compare(declare({})).current).toBe(true)
  })

  it('that somebody edited by hand is not current', () => {
    update([declare({ paint: paint() })], { force: false })
    writeFileSync(join(folder, 'snapshot.json'), read().replace('"member"', '"admin"'))
    expect(compare(declare({ paint: paint() })).current).toBe(false)
  })
})

describe("the workspace's contracts", async () => {
  const contracts = await readContracts()

  it.each(contracts.map((declared) => [declared.contract.name, declared] as const))(
    '%s breaks nobody, and its snapshot is current (node tools/ci/src/contracts.ts --update)',
    (_, declared) => {
      const { breaks, current } = compare(declared)
      expect(breaks).toEqual([])
      expect(current).toBe(true)
    },
  )
})

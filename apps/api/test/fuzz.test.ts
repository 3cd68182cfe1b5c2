import { readContracts } from '@lightpress/ci'
import { nightly, seed } from '@lightpress/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { probe, targetsOf, withHostile, withoutInput } from './support/fuzz.ts'
import { anything, HEADERS, headerValues, trickyBodies, trickyValues } from './support/hostile.ts'
import {
  endsCaller,
  inputFor,
  isReachable,
  operationsOf,
  requestFor,
  type Reachable,
  type Request,
} from './support/operations.ts'
import { isOpen } from './support/principals.ts'
import { createWorld, joinWorld, makeOperator, newSession, type Member, type World } from './support/world.ts'

const operations = operationsOf((await readContracts()).map(({ contract }) => contract))
const reachable = operations.filter(isReachable)
const targets = targetsOf(operations)

const runs = nightly ? 1_000 : 12
const timeout = nightly ? 3_600_000 : 600_000
/** By day a value is tried in every tenth field, and in place of every third input: others for the next value, and with the next seed. */
const every = nightly ? { field: 1, input: 1 } : { field: 10, input: 3 }

type Caller = 'anonymous' | 'operator'
const both: Caller[] = ['anonymous', 'operator']

interface Probe {
  declared: Reachable
  request: Request
  headers?: Record<string, string>
  as: Caller[]
}

describe('whatever is sent', () => {
  let world: World
  /** Who owns an organisation and is an operator: nothing keeps them out before their input is read. */
  let operator: Member
  let known: string[]
  let turn = seed
  /** Of the operations that ask who calls, those that answered something else than that it is not for them. */
  const entered = new Set<string>()
  const codes = new Map<number, number>()
  beforeAll(async () => {
    console.info(`SEED=${seed}`)
    world = await createWorld('single')
    const [ada, eve] = await Promise.all([joinWorld(world, 'Ada'), joinWorld(world, 'Eve')])
    await makeOperator(world, ada)
    operator = ada
    const { userId, sessionId, organizationId } = eve.identity
    known = trickyValues({ foreignIds: [userId, sessionId, organizationId ?? ''] })
  })
  afterAll(async () => {
    const answers = [...codes].sort(([a], [b]) => a - b).map(([status, count]) => `${count} × ${status}`)
    console.info(
      `${targets.length} fields of ${reachable.length} operations, ${world?.requests()} requests: ${answers.join(', ')}`,
    )
    await world?.close()
  })

  it('in any field, is answered or refused and never fails', { timeout }, () =>
    forAll(anything, {
      examples: known,
      check: (hostile) =>
        takeTurns(targets, every.field).flatMap((target) => {
          const { declared } = target
          // Who is not signed in is sent away before anything is read.
          const as: Caller[] = isOpen(declared.operation.access) ? ['anonymous'] : ['operator']
          return withHostile(target, hostile).map((request) => ({ declared, request, as }))
        }),
    }),
  )

  it('instead of an input, is answered or refused and never fails', { timeout }, () =>
    forAll(anything, {
      examples: trickyBodies(),
      check: (hostile) =>
        takeTurns(reachable, every.input).flatMap((declared) =>
          withoutInput(declared, hostile).map((request) => ({ declared, request, as: both })),
        ),
    }),
  )

  it('in a header, is answered or refused and never fails', { timeout }, () =>
    forAll(fc.tuple(fc.constantFrom(...HEADERS), headerValues), {
      examples: [],
      check: ([name, value]) =>
        reachable.map((declared) => ({
          declared,
          request: requestFor(declared, inputFor(declared)),
          headers: { [name]: value },
          as: both,
        })),
    }),
  )

  it('has come to every operation that asks who calls', () => {
    const guarded = reachable.filter((each) => !isOpen(each.operation.access) && !endsCaller(each))
    expect(guarded.map(({ name }) => name).filter((name) => !entered.has(name))).toEqual([])
  })

  /** One in so many of them, others each time. */
  function takeTurns<T>(items: readonly T[], every: number): T[] {
    turn++
    return items.filter((_, at) => (at + turn) % every === 0)
  }

  /** Sends what `check` makes of each value, a few at a time. */
  async function forAll<T>(
    arbitrary: fc.Arbitrary<T>,
    { examples, check }: { examples: readonly T[]; check: (value: T) => Probe[] },
  ): Promise<void> {
    const property = fc.asyncProperty(arbitrary, async (value) => {
      const probes = check(value)
      await inTurns(probes, async (each) => {
        // There is one operator to ask as.
        for (const caller of each.as.filter((one) => one === 'anonymous' || !endsCaller(each.declared))) {
          const session = caller === 'operator' ? await newSession(world, operator) : {}
          const { status } = await probe(world, { ...each, headers: { ...session, ...each.headers } })
          codes.set(status, (codes.get(status) ?? 0) + 1)
          if (caller === 'operator' && ![401, 403].includes(status)) entered.add(each.declared.name)
        }
      })
    })
    await fc.assert(property, {
      seed,
      examples: examples.map((value): [T] => [value]),
      numRuns: examples.length + runs,
      endOnFailure: true,
    })
    expect(codes.size).toBeGreaterThan(1)
  }
})

/** Eight at a time: enough to keep the product busy, too few to be told that it is. */
async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values()
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const item of queue) await work(item)
    }),
  )
}

import { randomInt } from 'node:crypto'
import { readContracts } from '@lightpress/ci'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { probe, targetsOf, withHostile, withoutInput } from './support/fuzz.ts'
import { anything, HEADERS, headerValues, trickyBodies, trickyValues } from './support/hostile.ts'
import { inputFor, isReachable, operationsOf, requestFor, type Reachable, type Request } from './support/operations.ts'
import { isOpen } from './support/principals.ts'
import { createWorld, joinWorld, newSession, type Member, type World } from './support/world.ts'

const operations = operationsOf((await readContracts()).map(({ contract }) => contract))
const reachable = operations.filter(isReachable)
const targets = targetsOf(operations)

// FUZZ_SEED=… runs the same again.
const seed = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31))
const runs = process.env.LIGHTPRESS_NIGHTLY === '1' ? 1_000 : 12
const timeout = process.env.LIGHTPRESS_NIGHTLY === '1' ? 3_600_000 : 240_000

type Caller = 'anonymous' | 'owner'
const both: Caller[] = ['anonymous', 'owner']

interface Probe {
  declared: Reachable
  request: Request
  headers?: Record<string, string>
  as: Caller[]
}

describe('whatever is sent', () => {
  let world: World
  let owner: Member
  let known: string[]
  const codes = new Map<number, number>()
  beforeAll(async () => {
    console.info(`FUZZ_SEED=${seed}`)
    world = await createWorld('single')
    const [ada, eve] = await Promise.all([joinWorld(world, 'Ada'), joinWorld(world, 'Eve')])
    owner = ada
    const { userId, sessionId, organizationId } = eve.identity
    known = trickyValues({ foreignIds: [userId, sessionId, organizationId ?? ''] })
  }, 120_000)
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
        targets.flatMap((target) => {
          const { declared } = target
          // Who is not signed in is sent away before anything is read.
          const as: Caller[] = isOpen(declared.operation.access) ? ['anonymous'] : ['owner']
          return withHostile(target, hostile).map((request) => ({ declared, request, as }))
        }),
    }),
  )

  it('instead of an input, is answered or refused and never fails', { timeout }, () =>
    forAll(anything, {
      examples: trickyBodies(),
      check: (hostile) =>
        reachable.flatMap((declared) =>
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

  /** Sends what `check` makes of each value, a few at a time. */
  async function forAll<T>(
    arbitrary: fc.Arbitrary<T>,
    { examples, check }: { examples: readonly T[]; check: (value: T) => Probe[] },
  ): Promise<void> {
    const property = fc.asyncProperty(arbitrary, async (value) => {
      const probes = check(value)
      await inTurns(probes, async (each) => {
        for (const caller of each.as) {
          const session = caller === 'owner' ? await newSession(world, owner) : {}
          const { status } = await probe(world, { ...each, headers: { ...session, ...each.headers } })
          codes.set(status, (codes.get(status) ?? 0) + 1)
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

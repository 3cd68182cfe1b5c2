import { expect, test } from 'vitest'
import { amountOf, piecesOf } from '../src/arithmetic/amounts.ts'
import { compare, multiply, portion, roundHalfAway, spread } from '../src/arithmetic/decimal.ts'
import { discountAmounts, type DiscountableLine, type DiscountTerms } from '../src/arithmetic/discounts.ts'
import { createRandom, seed, type Random } from './random.ts'

type Priced = Parameters<typeof piecesOf>[0]
type Tier = NonNullable<Priced['tiers']>[number]

const rounds = 2000

function property(name: string, holds: (random: Random) => void): void {
  test(`${name} (seed ${seed})`, () => {
    const random = createRandom(seed)
    for (let round = 0; round < rounds; round += 1) holds(random)
  })
}

property('the pieces of a price sum to its amount, and their units to the quantity', (random) => {
  const price = randomPrice(random)
  const quantity = random.below(200)
  const pieces = piecesOf(price, quantity)
  expect(pieces.reduce((sum, { amount }) => sum + amount, 0)).toBe(amountOf(price, quantity))
  expect(pieces.reduce((sum, piece) => sum + piece.quantity, 0)).toBe(quantity)
  for (const { amount } of pieces) expect(Number.isSafeInteger(amount)).toBe(true)
})

property('graduated: one unit more costs what its tier says, and a tier that it opens its flat amount', (random) => {
  const tiers = randomTiers(random).map((tier) => ({ ...tier, unit_amount_decimal: String(random.below(1000)) }))
  const price = tieredPrice('graduated', tiers)
  const quantity = random.below(100)
  const at = tiers.findIndex(({ up_to: upTo }) => upTo === null || quantity + 1 <= upTo)
  const opens = at > 0 && tiers[at - 1]?.up_to === quantity
  const more = Number(tiers[at]?.unit_amount_decimal) + (opens ? Number(tiers[at]?.flat_amount_decimal ?? 0) : 0)
  expect(amountOf(price, quantity + 1) - amountOf(price, quantity)).toBe(more)
})

property('with one tier, graduated and volume are the same', (random) => {
  const [last] = randomTiers(random).slice(-1)
  const tiers = last ? [last] : []
  const quantity = random.below(100)
  expect(amountOf(tieredPrice('graduated', tiers), quantity)).toBe(amountOf(tieredPrice('volume', tiers), quantity))
})

property('a spread sums to its amount, and each share is the exact one, rounded down or up', (random) => {
  const weights = Array.from({ length: 1 + random.below(8) }, () => random.below(100_000))
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  const amount = random.below(whole + 1)
  const shares = spread(amount, weights)
  expect(shares.reduce((sum, share) => sum + share, 0)).toBe(amount)
  for (const [at, share] of shares.entries()) {
    const weight = weights[at] ?? 0
    const exact = whole === 0 ? 0 : (amount * weight) / whole
    expect(Math.abs(share - exact)).toBeLessThan(1)
    expect(share).toBeLessThanOrEqual(weight)
  }
})

property('discounts never take more than there is, nor more than they are worth', (random) => {
  const { lines, discounts } = randomOrder(random)
  const taken = discountAmounts(lines, discounts)
  for (const [at, off] of taken.entries()) {
    const line = lines[at]
    const sum = off.reduce((total, { amount }) => total + amount, 0)
    const most = line?.discountable === true ? Math.max(0, line.amount) : 0
    for (const { amount } of off) expect(amount).toBeGreaterThanOrEqual(0)
    expect(sum).toBeLessThanOrEqual(most)
  }
  for (const { id, amountOff } of [...discounts, ...lines.flatMap((line) => line.discounts)]) {
    const sum = taken.flat().reduce((total, off) => total + (off.discount === id ? off.amount : 0), 0)
    if (amountOff !== null) expect(sum).toBeLessThanOrEqual(amountOff)
  }
})

property('one percentage for all takes exactly its share of the sum, however it is cut into lines', (random) => {
  const lines = randomOrder(random).lines.map((line) => ({ ...line, discountable: true, discounts: [] }))
  const percentOff = (1 + random.below(10_000)) / 100
  const sum = lines.reduce((total, { amount }) => total + Math.max(0, amount), 0)
  const taken = discountAmounts(lines, [{ id: 'di', percentOff, amountOff: null, products: null }])
  expect(taken.flat().reduce((total, { amount }) => total + amount, 0)).toBe(
    portion(sum, { part: percentOff, whole: 100 }),
  )
})

property('what is rounded differs by no more than a half, and a negative is the mirror of its positive', (random) => {
  const value = `${random.below(1000)}.${String(random.below(1_000_000)).padStart(6, '0')}`
  const rounded = roundHalfAway(value)
  expect(Math.abs(rounded - Number(value))).toBeLessThanOrEqual(0.5)
  expect(roundHalfAway(multiply(value, -1)) + rounded).toBe(0)
  expect(compare(value, multiply(value, '1.0'))).toBe(0)
})

function randomPrice(random: Random): Priced {
  const mode = random.pick(['per_unit', 'graduated', 'volume'] as const)
  if (mode !== 'per_unit') return tieredPrice(mode, randomTiers(random))
  const transform = random.pick([null, { divide_by: 1 + random.below(9), round: random.pick(['up', 'down'] as const) }])
  return {
    billing_scheme: 'per_unit',
    tiers_mode: null,
    transform_quantity: transform,
    unit_amount_decimal: randomRate(random),
  }
}

function tieredPrice(mode: 'graduated' | 'volume', tiers: Tier[]): Priced {
  return { billing_scheme: 'tiered', tiers, tiers_mode: mode, transform_quantity: null, unit_amount_decimal: null }
}

function randomTiers(random: Random): Tier[] {
  let upTo = 0
  const bounds = Array.from({ length: random.below(4) }, () => (upTo += 1 + random.below(30)))
  return [...bounds, null].map((bound) => ({
    flat_amount: null,
    flat_amount_decimal: random.pick([null, String(random.below(5000))]),
    unit_amount: null,
    unit_amount_decimal: randomRate(random),
    up_to: bound,
  }))
}

function randomRate(random: Random): string {
  return random.pick([String(random.below(2000)), `${random.below(20)}.${String(random.below(1000)).padStart(3, '0')}`])
}

function randomOrder(random: Random): { lines: DiscountableLine[]; discounts: DiscountTerms[] } {
  const terms = (id: string): DiscountTerms => ({
    id,
    ...random.pick([
      { percentOff: (1 + random.below(10_000)) / 100, amountOff: null },
      { percentOff: null, amountOff: 1 + random.below(5000) },
    ]),
    products: random.pick([null, ['a'], ['a', 'b']]),
  })
  const own = [terms('di_1'), terms('di_2')]
  const lines = Array.from({ length: 1 + random.below(5) }, () => ({
    amount: random.below(6000) - 500,
    product: random.pick(['a', 'b', 'c', null]),
    discountable: random.below(5) > 0,
    discounts: own.filter(() => random.below(3) === 0),
  }))
  return { lines, discounts: [terms('di_3'), terms('di_4')].slice(random.below(3)) }
}

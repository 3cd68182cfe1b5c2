import { nightly, seed as first } from '@lightpress/testing'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { openHouse, type House } from './house.ts'
import { live, type Plot } from './life.ts'
import { shorten } from './shorten.ts'

// SEED=… lives one life again, LIVES=… so many from there on, STEPS=… their first steps only; with SHORTEN=1 the steps of
// one that failed are left out, one after the other, until only those are left without which it does not. TELL=1 tells
// the stories of those that went well, too.
const { SEED, LIVES, STEPS, SHORTEN, TELL } = process.env
const lives = Number(LIVES ?? (SEED === undefined ? (nightly ? 1_000 : 30) : 1))
const steps = Number(STEPS ?? (nightly ? 24 : 12))

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

describe('whatever happens in a life, in the end all is as it is at Stripe', () => {
  it.each(Array.from({ length: lives }, (_, life) => first + life))(
    `SEED=%i STEPS=${steps}`,
    { timeout: SHORTEN === '1' ? 1_200_000 : 120_000 },
    (seed) => attempt({ seed, steps }),
  )
})

async function attempt(plot: Plot): Promise<void> {
  if (SHORTEN === '1') return shorten(plot, (shorter) => live(shorter, house))
  const story = await live(plot, house)
  if (TELL === '1') process.stdout.write(`The life of SEED=${plot.seed}:\n${story}\n`)
}

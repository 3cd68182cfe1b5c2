/**
 * Where random tests begin: by day at the same place, so that a commit which passed passes again; by night
 * (`LIGHTPRESS_NIGHTLY=1`) elsewhere each time. It stands in the names of the tests: `SEED=…` repeats one.
 */
export const seed = Number(
  process.env.SEED ?? (process.env.LIGHTPRESS_NIGHTLY === '1' ? Math.floor(Math.random() * 2 ** 31) : 20_261_101),
)

/** So many seeds, from `seed` on. */
export const seeds = (count: number) => Array.from({ length: count }, (_, place) => seed + place)

export interface Random {
  /** From 0 up to but not including `limit`. */
  below(limit: number): number
  chance(probability: number): boolean
  pick<Item>(items: readonly Item[]): Item
}

/** The same numbers for the same seed (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed | 0
  function next(): number {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  function below(limit: number): number {
    return Math.floor(next() * limit)
  }
  return {
    below,
    chance: (probability) => next() < probability,
    pick: <Item>(items: readonly Item[]) => items[below(items.length)] as Item,
  }
}

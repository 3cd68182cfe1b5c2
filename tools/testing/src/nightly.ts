/**
 * Whether this is the run of the night (`LIGHTPRESS_NIGHTLY=1`), which takes its time: races are repeated a thousand
 * times, and what must take the same time is measured. The same tests run in every `npm test`, short.
 */
export const nightly = process.env.LIGHTPRESS_NIGHTLY === '1'

/**
 * Where a test with random steps begins. By day it is the same, so that a commit which passed passes again; the run of
 * the night begins elsewhere each time. `SEED=…` repeats one.
 */
export const seed = Number(process.env.SEED ?? (nightly ? Math.floor(Math.random() * 2 ** 31) : 20_261_101))

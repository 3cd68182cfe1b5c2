/**
 * Whether this is the run of the night (`LIGHTPRESS_NIGHTLY=1`), which takes its time: races are repeated a thousand
 * times, and what must take the same time is measured. The same tests run in every `npm test`, short.
 */
export const nightly = process.env.LIGHTPRESS_NIGHTLY === '1'

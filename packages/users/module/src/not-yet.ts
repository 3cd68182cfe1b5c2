/** Stands where a handler comes. */
export async function notYet(): Promise<never> {
  throw new Error('not yet')
}

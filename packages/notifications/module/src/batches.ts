/** Rows at a time, so that no statement takes long. */
const BATCH = 1_000

/** Repeats what changes some rows, and gives how many, until there are no more. */
export async function inBatches(changeSome: (limit: number) => Promise<number>): Promise<void> {
  while ((await changeSome(BATCH)) === BATCH);
}

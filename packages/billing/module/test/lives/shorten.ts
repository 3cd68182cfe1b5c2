import type { Plot } from './life.ts'

/** Fails as that life does, with the shortest story that was found for it. */
export async function shorten(plot: Plot, live: (plot: Plot) => Promise<unknown>): Promise<void> {
  let failure = await failureOf(plot)
  if (failure === undefined) return
  let without = new Set<number>()
  // The last ones first: what came after the cause never matters.
  for (let step = plot.steps; step >= 1; step -= 1) {
    const fewer = new Set([...without, step])
    const same = await failureOf({ ...plot, without: fewer })
    if (same === undefined || kindOf(same) !== kindOf(failure)) continue
    without = fewer
    failure = same
  }
  throw failure

  async function failureOf(shorter: Plot): Promise<Error | undefined> {
    try {
      await live(shorter)
      return undefined
    } catch (error) {
      return error as Error
    }
  }
}

/** What was wrong, whatever its amounts and ids were. */
function kindOf({ message }: Error): string {
  return (message.split('\n')[0] ?? '').replace(/\S*\d\S*/g, '')
}

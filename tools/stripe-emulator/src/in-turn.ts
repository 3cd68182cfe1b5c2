/** Takes each step, whatever became of those before it; what failed is said at the end. */
export async function inTurn(steps: readonly (() => PromiseLike<void>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const step of steps) {
    try {
      await step()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new Error(failures.map(textOf).join('; '), { cause: failures[0] })
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

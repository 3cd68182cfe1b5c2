/** What a person must know and can mend: said without a stack. */
export class Failure extends Error {
  override readonly name: string = 'Failure'
}

/** The whole of a command: what it throws is said on stderr, and the process ends with 1. */
export async function command(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    console.error(error instanceof Failure ? error.message : error)
    process.exitCode = 1
  }
}

/** What an error says, whoever threw it. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // `fetch` says only that it failed; why is in the cause.
  const { code, message } = (error.cause ?? {}) as { code?: string; message?: string }
  const why = message || code
  return why ? `${error.message}: ${why}` : error.message
}

/** Mends what a failure left behind, and throws it together with what became of that. */
export async function failAfter(error: unknown, mend: () => Promise<string>): Promise<never> {
  const outcome = await mend().catch((second) => `And that could not be mended: ${messageOf(second)}`)
  throw new Failure(`${messageOf(error)}\n${outcome}`)
}

/** What became of one among several. */
export interface Outcome {
  lines: string[]
  failed: boolean
}

/** Keeps what goes wrong with one, so that the others are seen to all the same: `saidBy` throws it then. */
export async function attempt(name: string, work: () => Promise<string[]>): Promise<Outcome> {
  try {
    return { lines: await work(), failed: false }
  } catch (error) {
    return { lines: [`${name}: ${messageOf(error)}`], failed: true }
  }
}

/** What all of them say; thrown when one of them failed. */
export function saidBy(outcomes: readonly Outcome[]): string[] {
  const lines = outcomes.flatMap((each) => each.lines)
  if (outcomes.some(({ failed }) => failed)) throw new Failure(lines.join('\n'))
  return lines
}

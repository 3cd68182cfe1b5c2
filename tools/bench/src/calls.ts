import { startPair, type Topology } from './pair/start.ts'
import { median, round, type Result } from './result.ts'

const ROUNDS = 9

/** What a call from module to module costs where they share a process, and where they do not. */
export async function measureCalls({ databaseUrl }: { databaseUrl: string }): Promise<Result> {
  const near = await microseconds('one process', { databaseUrl, times: 20_000 })
  const far = await microseconds('two processes', { databaseUrl, times: 1_000 })
  return {
    title: 'A call from module to module',
    about: `Input and output of one short string, checked on both sides; one call after the other, median of ${ROUNDS} rounds. Over HTTP the caller's identity is signed and verified as well.`,
    rows: {
      'in the same process': { 'µs/call': round(near, 1), ratio: 1 },
      'over HTTP': { 'µs/call': round(far, 0), ratio: round(far / near, 0) },
    },
  }
}

async function microseconds(
  topology: Topology,
  { databaseUrl, times }: { databaseUrl: string; times: number },
): Promise<number> {
  const pair = await startPair(topology, { databaseUrl, queueUrl: databaseUrl })
  try {
    const measure = () => pair.tellSender<{ microseconds: number }>({ do: 'call', times })
    await measure()
    const rounds: number[] = []
    for (let at = 0; at < ROUNDS; at++) rounds.push((await measure()).microseconds)
    return median(rounds)
  } finally {
    await pair.stop()
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@lightpress/local'
import { productEnvironment } from './environment.ts'
import { residentMegabytes, ROOT, runToEnd, startProcess, untilReady } from './process.ts'
import { median, round, type Result } from './result.ts'

const API = `${ROOT}apps/api/src/main.ts`
const STARTS = 5
/** Milliseconds after which a process has come to rest. */
const REST = 5_000

/** How long the whole product in one process takes to be ready, and what it holds when nobody uses it. */
export async function measureStart({ databaseUrl }: { databaseUrl: string }): Promise<Result> {
  const env = productEnvironment(databaseUrl)
  await runToEnd(API, { args: ['migrate'], env })
  const starts = []
  for (let at = 0; at < STARTS; at++) starts.push(await startOnce(env))
  return {
    title: 'Start and rest',
    about: `apps/api, all modules in one process, from its TypeScript as in development. From the start of the process to the first good answer of /health/ready, and its resident memory ${REST / 1_000} s later; medians of ${STARTS} starts. A bundled service needs less of both.`,
    rows: {
      'apps/api': {
        'ms to ready': round(median(starts.map(({ ready }) => ready)), 0),
        'idle MB': round(median(starts.map(({ resident }) => resident)), 0),
      },
    },
  }
}

async function startOnce(env: Record<string, string>) {
  const port = await freePort()
  const start = performance.now()
  const api = startProcess(API, { env: { ...env, PORT: String(port) } })
  try {
    await untilReady(`http://127.0.0.1:${port}/health/ready`, api)
    const ready = performance.now() - start
    await sleep(REST)
    return { ready, resident: residentMegabytes(api.pid) }
  } finally {
    await api.stop()
  }
}

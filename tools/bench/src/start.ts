import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@lightpress/local'
import { productEnvironment } from './environment.ts'
import { residentMegabytes, ROOT, runToEnd, startProcess, untilReady } from './process.ts'
import { median, round, type Result } from './result.ts'

const API = `${ROOT}apps/api/src/main.ts`
const STARTS = 5
/** Milliseconds after which a process has come to rest. */
const REST = 5_000

/** How long a process takes to be ready, and what it holds when nobody uses it: all in one, and each as it is deployed. */
export async function measureStart({ databaseUrl }: { databaseUrl: string }): Promise<Result> {
  const env = productEnvironment(databaseUrl)
  await runToEnd(API, { args: ['migrate'], env })
  const rows: Result['rows'] = { 'apps/api, from source': await measure(API, env) }

  const apps = globSync('apps/*-service', { cwd: ROOT }).sort()
  for (const app of apps) await runToEnd(`${ROOT}tools/ci/src/bundle.ts`, { args: [`${ROOT}${app}`], env })
  const split = { ...env, ...(await neighbours(apps)) }
  // Whom the others ask for keys and revocations.
  const auth = startProcess(bundleOf('apps/auth-service'), {
    env: { ...split, PORT: String(await freePort()), INTERNAL_PORT: new URL(split.AUTH_URL).port },
  })
  try {
    await untilReady(`${split.AUTH_URL}/health/ready`, auth)
    for (const app of apps) rows[`${app}, its bundle`] = await measure(bundleOf(app), split)
  } finally {
    await auth.stop()
  }
  return {
    title: 'Start and rest',
    about: `All modules in one process from their TypeScript, as in development, and each service from its bundle, as it is deployed, without its container. From the start of the process to the first good answer of /health/ready, and its resident memory ${REST / 1_000} s later; medians of ${STARTS} starts. Aim for a service: 500 ms.`,
    rows,
  }
}

async function measure(script: string, env: Record<string, string>) {
  const starts = []
  for (let at = 0; at < STARTS; at++) starts.push(await startOnce(script, env))
  return {
    'ms to ready': round(median(starts.map(({ ready }) => ready)), 0),
    'idle MB': round(median(starts.map(({ resident }) => resident)), 0),
  }
}

async function startOnce(script: string, env: Record<string, string>) {
  const port = await freePort()
  const start = performance.now()
  const started = startProcess(script, { env: { ...env, PORT: String(port) } })
  try {
    await untilReady(`http://127.0.0.1:${port}/health/ready`, started)
    const ready = performance.now() - start
    await sleep(REST)
    return { ready, resident: residentMegabytes(started.pid) }
  } finally {
    await started.stop()
  }
}

/** Where each finds the others; nobody but auth is there, or asked. */
async function neighbours(apps: readonly string[]) {
  const nobody = apps.map((app) => [`${basename(app).replace('-service', '').toUpperCase()}_URL`, 'http://127.0.0.1:9'])
  return { ...(Object.fromEntries(nobody) as Record<string, string>), AUTH_URL: `http://127.0.0.1:${await freePort()}` }
}

function bundleOf(app: string): string {
  return `${ROOT}${app}/dist/main.js`
}

import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { CaseName } from './cases.ts'
import type { DriverName } from './driver.ts'
import { lastWords } from './load.ts'

/** Milliseconds; a case is over in two seconds on a machine that is not busy, or never. */
const LIMIT = 60_000

/** Runs a case in a process of its own: null when the driver stood it, else what went wrong. */
export async function runCase(driver: DriverName, name: CaseName, url: string): Promise<string | null> {
  const child = fork(new URL('./case-process.ts', import.meta.url), [driver, name, url], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    timeout: LIMIT,
    killSignal: 'SIGKILL',
  })
  let verdict: string | null | undefined
  let stderr = ''
  child.on('message', (message: string | null) => (verdict = message))
  child.stderr?.on('data', (chunk) => (stderr += String(chunk)))
  const [code] = (await once(child, 'close')) as [number | null]
  if (verdict !== undefined) return verdict
  return code === null ? 'it never ended' : `the process crashed: ${lastWords(stderr)}`
}

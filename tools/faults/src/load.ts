import { fork } from 'node:child_process'
import { once } from 'node:events'
import pg from 'pg'
import { audit, openBank, settled } from './bank.ts'
import type { DriverName } from './driver.ts'
import { startKiller } from './killer.ts'

/** Milliseconds after which a caller has waited too long to call it waiting. */
export const HANG = 5_000

/** What happened since the last report, as the process under load tells it. */
export interface Progress {
  /** Transfers that their caller was told were committed, and those that it rolled back itself. */
  committed: string[]
  refused: string[]
  answered: number
  failed: number
  hangs: number
  wrong: string[]
  /** Errors that would have ended the process. */
  survived: string[]
}

export interface Variant {
  driver: DriverName
  /** Whether some callers send a parameter that cannot be serialised. */
  faulty: boolean
  /** Goes on after an uncaught error, as no product should, to see what comes after it. */
  survive?: boolean
}

/** What a process under load is told. */
export interface LoadOptions extends Variant {
  url: string
  milliseconds: number
}

export interface LoadResult {
  kills: number
  /** The error that each crash was about. */
  crashes: string[]
  hangs: number
  /** One sentence each. */
  wrong: string[]
  answered: number
  committed: number
}

/** Puts a driver under load while its backends are ended, for so many seconds, and counts what went wrong. */
export async function runLoad(
  variant: Variant,
  { url, seconds }: { url: string; seconds: number },
): Promise<LoadResult> {
  const admin = new pg.Client(url)
  await admin.connect()
  await openBank(admin)
  const killer = startKiller(admin)
  const seen: Progress = { committed: [], refused: [], answered: 0, failed: 0, hangs: 0, wrong: [], survived: [] }
  const crashes: string[] = []
  let left = seconds * 1_000
  while (left > 0) {
    const { worked, crash } = await runProcess({ ...variant, url, milliseconds: left }, seen)
    left -= worked
    if (crash !== null) crashes.push(crash)
  }
  const kills = await killer.stop()
  await settled(admin)
  const wrong = [...seen.wrong, ...(await audit(admin, seen))]
  await admin.end()
  return {
    kills,
    crashes: [...crashes, ...seen.survived],
    hangs: seen.hangs,
    wrong,
    answered: seen.answered,
    committed: seen.committed.length,
  }
}

interface Ended {
  /** Milliseconds under load, the start not counted. */
  worked: number
  /** The error it died of, if it did. */
  crash: string | null
}

/** One process, until it ends by itself, crashes, or has been silent for too long. */
async function runProcess(options: LoadOptions, seen: Progress): Promise<Ended> {
  const child = fork(new URL('./load-process.ts', import.meta.url), [JSON.stringify(options)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let stderr = ''
  child.stderr?.on('data', (chunk) => (stderr += String(chunk)))
  let started: number | undefined
  let silent = false
  const watch = setTimeout(() => (silent = child.kill('SIGKILL')), 3 * HANG)
  child.on('message', (progress: Progress) => {
    started ??= Date.now()
    watch.refresh()
    seen.committed.push(...progress.committed)
    seen.refused.push(...progress.refused)
    seen.wrong.push(...progress.wrong)
    seen.survived.push(...progress.survived)
    seen.answered += progress.answered
    seen.failed += progress.failed
    seen.hangs += progress.hangs
  })
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(watch)
  if (started === undefined) throw new Error(`The process under load did not start: ${lastWords(stderr)}`)
  if (silent) seen.hangs++
  return { worked: Date.now() - started, crash: code === 0 || silent ? null : lastWords(stderr) }
}

/** The line of a crash report that says what it was. */
export function lastWords(stderr: string): string {
  return stderr.split('\n').find((line) => /^\w*Error\b/.test(line.trim())) ?? 'it ended without a word'
}

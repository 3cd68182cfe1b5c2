import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

export interface Started {
  child: ChildProcess
  pid: number
  stop(): Promise<void>
}

/** A Node process of ours that ends when we do. What it logs goes to /dev/null; what it dies of is shown. */
export function startProcess(
  script: string,
  { args = [], env }: { args?: string[]; env: Record<string, string> },
): Started {
  const { PATH, HOME } = process.env
  const child = fork(script, args, {
    cwd: ROOT,
    execArgv: ['--import', new URL('end-with-parent.ts', import.meta.url).href],
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return {
    child,
    pid: child.pid ?? 0,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** Runs a command of a service (`migrate`) until it is done. */
export async function runToEnd(
  script: string,
  options: { args: string[]; env: Record<string, string> },
): Promise<void> {
  const [code] = (await once(startProcess(script, options).child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`${options.args.join(' ')} failed.`)
}

/** Asks until it answers well; throws when the process ends instead. */
export async function untilReady(url: string, { child }: Started): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The process that should answer at ${url} has ended.`)
    const answer = await fetch(url).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.ok) return
    await sleep(5)
  }
}

/** Sends a command to a process of ours and waits for what it answers. */
export function ask<Answer>(started: Started, command: object): Promise<Answer> {
  started.child.send(command)
  return answerOf(started)
}

/** What a process of ours says next; throws when it ends instead. */
export async function answerOf<Answer>({ child }: Started): Promise<Answer> {
  const done = new AbortController()
  const { signal } = done
  try {
    const [answer] = (await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }).then(([code]) => {
        throw new Error(`The process ended (${code}) instead of answering.`)
      }),
    ])) as [Answer]
    return answer
  } finally {
    done.abort()
  }
}

const TICKS_A_SECOND = 100

/** Seconds of CPU that a process has used, where the system tells (Linux). */
export function cpuSeconds(pid: number): number {
  const fields = statFields(pid)
  return fields ? (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND : Number.NaN
}

/** proc(5): what follows the program's name in parentheses, so that utime and stime are fields 11 and 12. */
function statFields(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')
  } catch {
    return undefined
  }
}

/** Resident megabytes of a process (Linux). */
export function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) / 1024
}

import { readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

/** Sends one signal after the other, each with its time to take effect in milliseconds, until the process is gone. */
export async function endProcess(pid: number, steps: [signal: NodeJS.Signals, milliseconds: number][]): Promise<void> {
  for (const [signal, milliseconds] of steps) {
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(10)) {
      if (!isAlive(pid)) return
    }
  }
}

/** Whether the process runs; a zombie, which waits only for its parent to ask how it ended, does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return true
  }
}

/** The command line of a process, or nothing where the system does not tell. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    try {
      return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' })
    } catch {
      return ''
    }
  }
}

/** Signals a process if it is still there. */
export function killProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It is gone already.
  }
}

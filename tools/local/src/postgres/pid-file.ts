import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { commandLine, endProcess, isAlive } from '../processes.ts'

/** What `postmaster.pid` says about the server that runs, or ran, on a cluster. */
export function readPidFile(cluster: string): { pid: number; ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
    const pid = Number(lines[0])
    return Number.isInteger(pid) && pid > 1 ? { pid, ready: lines[7]?.trim() === 'ready' } : undefined
  } catch {
    return undefined
  }
}

/**
 * Ends a server that outlived its supervisor (killed with SIGKILL), so that the cluster is ours again.
 * PostgreSQL itself copes with a file whose process is gone, but takes any process that has got the
 * number since for a running server: that file goes.
 */
export async function endLeftover(cluster: string): Promise<void> {
  const left = readPidFile(cluster)
  if (!left || !isAlive(left.pid)) return
  if (commandLine(left.pid).includes(cluster)) await stopServer(left.pid)
  else rmSync(join(cluster, 'postmaster.pid'), { force: true })
}

/** Ends the sessions and closes the cluster cleanly; without a checkpoint where that takes too long. */
export async function stopServer(pid: number): Promise<void> {
  await endProcess(pid, [
    ['SIGINT', 20_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ])
}

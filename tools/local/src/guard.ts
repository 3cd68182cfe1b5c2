import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Guard {
  /** The guarded process has ended properly; the folders are the caller's again. */
  dismiss(): void
}

/**
 * A helper process that outlives us however we end, SIGKILL included, and then ends `pid` and removes
 * `folders`. It notices by its standard input, which closes with us.
 */
export function startGuard(pid: number, signal: NodeJS.Signals, folders: string[]): Guard {
  const script = fileURLToPath(new URL('guard-process.ts', import.meta.url))
  const child = spawn(process.execPath, [script, String(pid), signal, ...folders], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  child.unref()
  // The pipe must not keep us alive, and its breaking (the guard was killed) is no concern of ours.
  const input = child.stdin as typeof child.stdin & { unref?: () => void }
  input.unref?.()
  input.on('error', () => {})
  return {
    dismiss() {
      child.kill('SIGKILL')
    },
  }
}

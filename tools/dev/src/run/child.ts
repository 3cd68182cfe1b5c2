import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

export interface ChildOptions {
  /** A script for Node, and its arguments. */
  script: string
  args?: readonly string[]
  cwd: string
  env: NodeJS.ProcessEnv
  onLine: (line: string) => void
}

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface Child {
  pid: number
  exited: Promise<Exit>
  kill(signal: NodeJS.Signals): void
  /** Asks it to end, and makes it end when it has not after ten seconds. */
  stop(): Promise<void>
}

const PATIENCE = 10_000
/** What Node has read and compiled once, types taken off: a process of ours is up in half the time with it. */
const COMPILED = fileURLToPath(new URL('../../../../node_modules/.cache/lightpress-node', import.meta.url))
const PRELOAD = new URL('end-with-parent.ts', import.meta.url).href

/**
 * A Node process of ours: in a group of its own, so that a Ctrl-C reaches us alone and we end things in
 * order; tied to us by its standard input, so that it does not outlive us.
 */
export function startChild({ script, args = [], cwd, env, onLine }: ChildOptions): Child {
  const child = spawn(process.execPath, ['--import', PRELOAD, script, ...args], {
    cwd,
    env: { NODE_COMPILE_CACHE: COMPILED, ...env },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // Lines that were written before the end still count, so the end is when both pipes are closed.
  const exited = new Promise<Exit>((resolve) => child.once('close', (code, signal) => resolve({ code, signal })))
  child.stdin.on('error', () => {})
  readLines(child.stdout, onLine)
  readLines(child.stderr, onLine)

  function kill(signal: NodeJS.Signals): void {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
  }

  return {
    pid: child.pid ?? 0,
    exited,
    kill,
    async stop() {
      kill('SIGTERM')
      const timer = setTimeout(() => kill('SIGKILL'), PATIENCE)
      await exited
      clearTimeout(timer)
    },
  }
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine)
}

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('../../../../', import.meta.url)).replace(/[/\\]$/, '')

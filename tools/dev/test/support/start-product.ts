import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { isAlive } from '@lightpress/local'
import type { Addresses } from '../../src/start/addresses.ts'
import { runProgram } from './run-program.ts'

export interface RunningProduct {
  addresses: Addresses
  /** Everything it has said so far. */
  output(): string
  /** The process below it whose command line contains the text. */
  processOf(part: string): number | undefined
  /** As by Ctrl-C; nothing may be left. */
  stop(): Promise<void>
}

/** Milliseconds for a first start, on a busy machine. */
export const PATIENCE = 120_000

/** Runs `npm start` on data of its own and waits until it says that it is ready. */
export async function startProduct(
  env: Record<string, string> & { LIGHTPRESS_DATA: string },
  args: string[] = [],
): Promise<RunningProduct> {
  const program = runProgram('main.ts', env, args)
  for (const end = Date.now() + PATIENCE; !program.output().includes('is ready after'); await sleep(100)) {
    if (program.process.exitCode === null && Date.now() < end) continue
    program.process.kill('SIGTERM')
    throw new Error(`It did not become ready:\n${program.output()}`)
  }
  const pid = program.process.pid ?? 0
  return {
    addresses: JSON.parse(readFileSync(join(env.LIGHTPRESS_DATA, 'dev.json'), 'utf8')) as Addresses,
    output: program.output,
    processOf: (part) => descendantsOf(pid).find(({ command }) => command.includes(part))?.pid,
    async stop() {
      const below = descendantsOf(pid)
      program.process.kill('SIGINT')
      expect(await program.ended).toBe(0)
      expect(below.length).toBeGreaterThan(2)
      expect(below.filter((child) => isAlive(child.pid))).toEqual([])
    },
  }
}

/** All processes below one: a child may be in a group of its own, but not without a parent. */
function descendantsOf(root: number): { pid: number; command: string }[] {
  const processes = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => {
      const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
      return { pid: Number(pid), parent: Number(parent), command }
    })
  const below = (parent: number): typeof processes =>
    processes.filter((child) => child.parent === parent).flatMap((child) => [child, ...below(child.pid)])
  return below(root)
}

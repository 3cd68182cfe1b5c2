import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface Program {
  process: ChildProcess
  /** Everything it has written so far. */
  output(): string
  /** Its exit code, once it has ended and all of its output is read. */
  ended: Promise<number | null>
}

/** Set to nothing, which counts as not set and wins over a developer's `.env`. */
const UNSET = { DATABASE_URL: '', QUEUE_URL: '', PUBLIC_URL: '', STRIPE_SECRET_KEY: '', RESEND_API_KEY: '' }

/** Runs one of this package's programs (`main.ts`, `reset.ts`) on data of its own. */
export function runProgram(name: string, env: Record<string, string>, args: string[] = []): Program {
  const script = fileURLToPath(new URL(`../../src/${name}`, import.meta.url))
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, NODE_ENV: 'development', NO_COLOR: '1', ...UNSET, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { process: child, output: () => output, ended }
}

import { spawn } from 'node:child_process'
import type { StandIns } from './stand-ins.ts'

export interface Ran {
  ok: boolean
  output: string
}

/** How each engine runs what it is given: GitHub's `shell: bash`, Jenkins' `sh`, CodeBuild's shell. */
const shells = {
  github: ['--noprofile', '--norc', '-eo', 'pipefail', '-c'],
  jenkins: ['-xec'],
  codebuild: ['-c'],
} as const

export interface How {
  engine: keyof typeof shells
  env: Record<string, string>
}

/** With nothing of this machine's environment. */
export async function runShell(script: string, standIns: StandIns, { engine, env }: How): Promise<Ran> {
  const child = spawn('/bin/bash', [...shells[engine], script], {
    cwd: standIns.folder,
    env: { ...env, ...standIns.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = `$ ${script.trim()}\n`
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.on('close', resolve)
  child.on('error', reject)
  return { ok: (await promise) === 0, output }
}

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

/**
 * With nothing of this machine's environment. What is one plain call of a program that only records is recorded at once:
 * a shell would do nothing else with it, and there are thousands of them.
 */
export async function runShell(script: string, standIns: StandIns, { engine, env }: How): Promise<Ran> {
  const shown = `$ ${script.trim()}\n`
  const call = plainCall(script, standIns)
  if (call !== undefined) {
    const { ok, output } = standIns.record(call, env.AWS_ROLE_ARN ?? '')
    return { ok, output: `${shown}${output}` }
  }
  const child = spawn('/bin/bash', [...shells[engine], script], {
    cwd: standIns.folder,
    env: { ...env, ...standIns.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = shown
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.on('close', resolve)
  child.on('error', reject)
  return { ok: (await promise) === 0, output }
}

/** Words with single spaces between them, and nothing that a shell would do something about. */
function plainCall(script: string, standIns: StandIns): string | undefined {
  const [, step, call = ''] = /^(sh \.ci\/step \S+ )?(.*)$/s.exec(script.trim()) ?? []
  const plain = /^[\w@%+:,./-]+( [\w@%+=:,./-]+)*$/.test(call) && standIns.onlyRecords(call)
  // When it fails, .ci/step has something to do.
  return plain && !(step && standIns.willFail(call)) ? call : undefined
}

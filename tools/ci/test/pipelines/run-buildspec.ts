import { parse } from 'yaml'
import { z } from 'zod'
import { runShell } from './shell.ts'
import type { StandIns } from './stand-ins.ts'

const Phase = z.strictObject({
  'runtime-versions': z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  'on-failure': z.enum(['ABORT', 'CONTINUE']).optional(),
  commands: z.array(z.string()).default([]),
  finally: z.array(z.string()).default([]),
})
const Buildspec = z.strictObject({
  version: z.literal(0.2),
  env: z.strictObject({ shell: z.literal('bash'), variables: z.record(z.string(), z.string()).optional() }),
  phases: z.strictObject({
    install: Phase.optional(),
    pre_build: Phase.optional(),
    build: Phase.optional(),
    post_build: Phase.optional(),
  }),
})

export type Buildspec = z.output<typeof Buildspec>

export function readBuildspec(source: string): Buildspec {
  return Buildspec.parse(parse(source))
}

/** Commands of all phases, in the order in which they run when all goes well. */
export function commandsOf({ phases }: Buildspec): string[] {
  return order.flatMap((name) => phases[name]?.commands ?? [])
}

const order = ['install', 'pre_build', 'build', 'post_build'] as const

export interface CodeBuildRun {
  result: 'success' | 'failure'
  log: string
}

/**
 * Plays it as CodeBuild does: a command that fails ends its phase, `finally` runs all the same, and no phase follows,
 * except `post_build` after `build`, which is told by CODEBUILD_BUILD_SUCCEEDING how it went.
 */
export async function runBuildspec(
  source: string,
  standIns: StandIns,
  given: Record<string, string> = {},
): Promise<CodeBuildRun> {
  const { phases, env } = readBuildspec(source)
  const run: CodeBuildRun = { result: 'success', log: '' }
  const entered: string[] = []
  for (const name of order) {
    const phase = phases[name]
    if (!phase || (run.result === 'failure' && !(name === 'post_build' && entered.includes('build')))) continue
    entered.push(name)
    if (!(await runAll(phase.commands))) run.result = 'failure'
    if (!(await runAll(phase.finally))) run.result = 'failure'
  }
  return run

  async function runAll(commands: readonly string[]): Promise<boolean> {
    for (const command of commands) {
      const succeeding = run.result === 'success' ? '1' : '0'
      const variables = { ...env.variables, ...given, CODEBUILD_BUILD_SUCCEEDING: succeeding }
      const ran = await runShell(command, standIns, { engine: 'codebuild', env: variables })
      run.log += ran.output
      if (ran.ok) continue
      run.log += `Error: the command "${command.trim()}" failed.\n`
      return false
    }
    return true
  }
}

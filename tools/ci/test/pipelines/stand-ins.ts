import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { workspace } from '../../src/discover.ts'

/** Everything that a pipeline calls by name; what is missing here is not found, as on a machine that lacks it. */
const programs = ['aws', 'bash', 'docker', 'gh', 'git', 'node', 'npm', 'npx', 'pnpm', 'pulumi']

export interface Call {
  command: string
  /** The AWS role that it had. */
  role: string
}

export interface StandIns {
  /** Where the pipeline runs. */
  folder: string
  /** What every command of it gets. */
  env: Record<string, string>
  calls(): Call[]
  /** Whether that call is one of them that does nothing but be recorded. */
  onlyRecords(command: string): boolean
  willFail(command: string): boolean
  /** As a program does it: for what an engine does by itself. */
  record(command: string, role: string): { ok: boolean; output: string }
  remove(): void
}

export interface StandInOptions {
  /** The call that fails, and says why. */
  failing?: string
  /** Shell for calls that contain the name: a program's answer. */
  answers?: Record<string, string>
  /** Commands of tools/ci/src that do run, with what surrounds them there. */
  real?: { names: readonly string[]; env: Record<string, string> }
}

/** Programs that record how they were called, and with which role, and fail where they are told to. */
export function createStandIns({ failing, answers = {}, real }: StandInOptions = {}): StandIns {
  const root = mkdtempSync(join(tmpdir(), 'lightpress-pipeline-'))
  const [folder, bin, record] = [join(root, 'workspace'), join(root, 'bin'), join(root, 'calls')]
  mkdirSync(join(folder, '.ci'), { recursive: true })
  copyFileSync(join(workspace, '.ci/step'), join(folder, '.ci/step'))
  mkdirSync(bin)
  for (const name of programs)
    writeFileSync(join(bin, name), script(name, answers, name === 'node' ? real : undefined), { mode: 0o755 })
  return {
    folder,
    env: { PATH: `${bin}:/usr/bin:/bin`, HOME: root, STAND_IN_CALLS: record, STAND_IN_FAILING: failing ?? '' },
    calls: () => (existsSync(record) ? readFileSync(record, 'utf8').trimEnd().split('\n').map(parse) : []),
    onlyRecords(command) {
      const [program = '', file] = command.trim().split(' ')
      const answered = Object.keys(answers).some((part) => command.includes(part))
      return programs.includes(program) && !answered && !real?.names.some((name) => file === fileOf(name))
    },
    willFail: (command) => command === failing,
    record(command, role) {
      writeFileSync(record, `${role}\t${command}\n`, { flag: 'a' })
      const fails = command === failing
      return { ok: !fails, output: fails ? `${toldToFail(command)}\n` : '' }
    },
    remove: () => rmSync(root, { recursive: true }),
  }
}

/** What a stand-in says when it fails: a reason that must reach whoever reads the log. */
export function toldToFail(command: string): string {
  return `"${command}" fails because it was told to.`
}

function script(name: string, answers: Record<string, string>, real: StandInOptions['real']): string {
  const cases = Object.entries(answers).map(([part, shell]) => `case "$call" in *'${part}'*) ${shell} ;; esac`)
  return [
    '#!/bin/bash',
    `call="${name} $*"`,
    // One call is one line of the record.
    "call=${call//$'\\n'/ }",
    String.raw`printf '%s\t%s\n' "$AWS_ROLE_ARN" "$call" >>"$STAND_IN_CALLS"`,
    'if [[ $call == "$STAND_IN_FAILING" ]]; then',
    `  echo "\\"$call\\" fails because it was told to." >&2`,
    '  exit 1',
    'fi',
    ...cases,
    ...(real?.names ?? []).map((command) => {
      const env = Object.entries(real?.env ?? {}).map(([variable, value]) => `${variable}='${value}'`)
      const file = fileOf(command)
      return (
        `[[ $1 == ${file} ]] && ${env.join(' ')} exec '${process.execPath}' '${join(workspace, file)}' ` + '"${@:2}"'
      )
    }),
    'exit 0',
  ].join('\n')
}

function fileOf(command: string): string {
  return `tools/ci/src/${command}.ts`
}

function parse(line: string): Call {
  const [role = '', command = ''] = line.split('\t')
  return { role, command }
}

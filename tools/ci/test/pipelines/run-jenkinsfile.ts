import { parseGroovy, type Statement, type Value } from './groovy.ts'
import { runShell } from './shell.ts'
import type { StandIns } from './stand-ins.ts'

export interface JenkinsTrigger {
  standIns: StandIns
  /** What the administrator has set in Jenkins: variables. */
  variables?: Record<string, string>
  /** What somebody answers who is asked. */
  approves?: boolean
}

export interface JenkinsRun {
  result: 'success' | 'failure' | 'aborted'
  /** Titles of the stages that were entered. */
  stages: string[]
  log: string
}

// What may stand where, of all that a declarative pipeline can hold; the rest is refused.
const parts: Record<string, readonly string[]> = {
  '': ['pipeline'],
  pipeline: ['agent', 'options', 'triggers', 'tools', 'environment', 'stages', 'post'],
  agent: ['label'],
  options: ['timestamps', 'disableConcurrentBuilds', 'skipDefaultCheckout', 'timeout', 'buildDiscarder'],
  triggers: ['githubPush'],
  tools: ['nodejs'],
  stages: ['stage'],
  stage: ['agent', 'options', 'when', 'environment', 'input', 'tools', 'steps', 'stages', 'post'],
  when: ['environment', 'branch', 'beforeAgent', 'beforeInput'],
  input: ['message', 'ok', 'submitter'],
  steps: ['sh', 'checkout', 'withCredentials'],
  withCredentials: ['sh', 'withCredentials'],
  post: ['always', 'success', 'unsuccessful'],
}

/** The pipeline of a Jenkinsfile, held to the declarative subset that thin pipelines need. */
export function readJenkinsfile(source: string): Statement {
  const all = parseGroovy(source)
  hold(all, '')
  const [pipeline] = all
  if (all.length !== 1 || !pipeline) throw new SyntaxError('A declarative Jenkinsfile is one `pipeline { … }`.')
  return pipeline
}

function hold(statements: readonly Statement[], within: string): void {
  for (const { name, line, block } of statements) {
    if (within === 'environment') continue
    const allowed = parts[parts.post?.includes(within) ? 'steps' : within]
    if (!allowed?.includes(name))
      throw new SyntaxError(`Line ${line}: "${name}" may not stand in ${within || 'the file'}.`)
    if (block) hold(block, name)
  }
}

/** Plays it as Jenkins does: a step that fails ends its stage and all after it, and `post` runs all the same. */
export async function runJenkinsfile(source: string, trigger: JenkinsTrigger): Promise<JenkinsRun> {
  const pipeline = readJenkinsfile(source)
  const run: JenkinsRun = { result: 'success', stages: [], log: '' }
  const env = {
    ...trigger.variables,
    ...environmentOf(pipeline),
    GIT_COMMIT: 'c'.repeat(40),
    BUILD_URL: 'https://ci/1/',
  }
  await enter(pipeline, { run, trigger, env })
  return run
}

interface Place {
  run: JenkinsRun
  trigger: JenkinsTrigger
  env: Record<string, string>
}

/** The pipeline or a stage: its stages or steps, then its `post`. */
async function enter(owner: Statement, { run, trigger, env }: Place): Promise<void> {
  for (const stage of part(owner, 'stages')?.block ?? []) {
    if (run.result !== 'success') break
    const own = { ...env, ...environmentOf(stage) }
    if (!holdsWhen(part(stage, 'when'), own)) continue
    run.stages.push(String(stage.args[0]))
    if (part(stage, 'input') && !trigger.approves) {
      run.result = 'aborted'
      run.log += `${String(stage.args[0])}: nobody approved.\n`
    } else await enter(stage, { run, trigger, env: own })
  }
  const steps = part(owner, 'steps')?.block ?? []
  if (run.result === 'success' && !(await runSteps(steps, { run, trigger, env }))) run.result = 'failure'
  const { result } = run
  for (const { name, block = [] } of part(owner, 'post')?.block ?? []) {
    if (name !== 'always' && (name === 'success') !== (result === 'success')) continue
    // Jenkins goes on with the other conditions, and a failure among them is one of the run.
    if (!(await runSteps(block, { run, trigger, env })) && result === 'success') run.result = 'failure'
  }
}

async function runSteps(steps: readonly Statement[], place: Place): Promise<boolean> {
  for (const step of steps) if (!(await runStep(step, place))) return false
  return true
}

async function runStep(step: Statement, { run, trigger, env }: Place): Promise<boolean> {
  if (step.name === 'withCredentials')
    return runSteps(step.block ?? [], { run, trigger, env: { ...env, ...credentialsOf(step) } })
  const ran =
    step.name === 'checkout'
      ? trigger.standIns.record('checkout', '')
      : await runShell(textOf(step.named.script ?? step.args[0]), trigger.standIns, { engine: 'jenkins', env })
  run.log += ran.output
  if (!ran.ok) run.log += `Error: line ${step.line} of the Jenkinsfile failed.\n`
  return ran.ok
}

/** Each credential as a variable that holds its own id, which is what a test wants to see. */
function credentialsOf({ args }: Statement): Record<string, string> {
  const bindings = (args[0] as Statement[]).map(({ named }) => [textOf(named.variable), textOf(named.credentialsId)])
  return Object.fromEntries(bindings) as Record<string, string>
}

function environmentOf(owner: Statement): Record<string, string> {
  return Object.fromEntries(part(owner, 'environment')?.block?.map(({ name, args }) => [name, textOf(args[0])]) ?? [])
}

function holdsWhen(when: Statement | undefined, env: Record<string, string>): boolean {
  return (when?.block ?? []).every(({ name, args, named }) => {
    if (name === 'environment') return env[textOf(named.name)] === textOf(named.value)
    if (name === 'branch') return env.BRANCH_NAME === textOf(args[0])
    return true
  })
}

function part(owner: Statement, name: string): Statement | undefined {
  return owner.block?.find((statement) => statement.name === name)
}

export function textOf(value: Value | undefined): string {
  if (typeof value !== 'string') throw new TypeError(`${JSON.stringify(value)} is no text`)
  return value
}

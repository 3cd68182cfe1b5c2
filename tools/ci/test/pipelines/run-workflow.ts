import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fillIn, holds, type Contexts, type Status } from './expressions.ts'
import { runShell } from './shell.ts'
import { toldToFail, type StandIns } from './stand-ins.ts'
import { readWorkflow, type OwnJob, type Step, type Workflow } from './workflow.ts'

export interface Trigger {
  standIns: StandIns
  /** The contexts `github`, `inputs`, `vars` and `secrets`. */
  given: Contexts & { vars: Record<string, string> }
  /** Variables that an environment has besides those of the repository. */
  environments?: Record<string, Record<string, string>>
}

export interface JobRun {
  result: Status
  outputs: Record<string, string>
}

export interface WorkflowRun {
  result: Status
  jobs: Record<string, JobRun>
  log: string
}

/**
 * Plays a workflow as GitHub does, one job after the other in the order of the file: conditions, `needs`, outputs and
 * environments by GitHub's rules, `run` by bash, actions as far as they matter (checkout, Node, an AWS role).
 */
export async function runWorkflow(name: string, trigger: Trigger): Promise<WorkflowRun> {
  const workflow = readWorkflow(name)
  const run: WorkflowRun = { result: 'success', jobs: {}, log: '' }
  for (const [id, job] of Object.entries(workflow.jobs)) {
    const before = ancestors(workflow, id).map((other) => run.jobs[other]?.result)
    const status: Status = before.includes('failure') ? 'failure' : before.includes('skipped') ? 'skipped' : 'success'
    const needs = Object.fromEntries(job.needs.map((other) => [other, run.jobs[other]]))
    const contexts = { ...trigger.given, needs }
    if (!holds(job.if, contexts, status)) {
      run.jobs[id] = { result: 'skipped', outputs: {} }
      continue
    }
    run.log += `== ${name} / ${id}\n`
    if ('steps' in job) {
      const vars = { ...trigger.given.vars, ...trigger.environments?.[fillIn(job.environment ?? '', contexts)] }
      const seen = { ...contexts, vars, env: fillAll(workflow.env, contexts) }
      const { log, ...ran } = await runJob(job, seen, { workflow, standIns: trigger.standIns })
      run.jobs[id] = ran
      run.log += log
    } else {
      const called = await runWorkflow(job.uses.replace(/^\.\/\.github\/workflows\/(.*)\.yml$/, '$1'), trigger)
      run.jobs[id] = { result: called.result, outputs: {} }
      run.log += called.log
    }
    if (run.jobs[id]?.result === 'failure') run.result = 'failure'
  }
  return run
}

/** All that a job waits for, directly or not: GitHub's `success()` and `failure()` ask them all. */
function ancestors(workflow: Workflow, id: string): string[] {
  const direct = workflow.jobs[id]?.needs ?? []
  for (const other of direct) if (!workflow.jobs[other]) throw new Error(`${id} needs ${other}, which is no job`)
  return [...new Set(direct.flatMap((other) => [other, ...ancestors(workflow, other)]))]
}

interface Place {
  workflow: Workflow
  standIns: StandIns
}

async function runJob(
  job: OwnJob,
  contexts: Contexts,
  { workflow, standIns }: Place,
): Promise<JobRun & { log: string }> {
  const permissions = job.permissions ?? workflow.permissions
  const state = { status: 'success' as Status, role: '', log: '' }
  const steps: Record<string, { outcome: Status; outputs: Record<string, string> }> = {}
  for (const [index, step] of job.steps.entries()) {
    const env = { ...(contexts.env as Record<string, string>), ...fillAll(job.env, contexts) }
    const seen = { ...contexts, steps, env }
    const id = step.id ?? `${index}`
    if (!holds(step.if, seen, state.status)) {
      if (step.id) steps[id] = { outcome: 'skipped', outputs: {} }
      continue
    }
    const ran =
      'run' in step
        ? await runScript(step, seen, { standIns, role: state.role })
        : runAction(step, seen, { standIns, permissions, state })
    state.log += ran.output
    if (!ran.ok) {
      state.log += `Error: the step ${step.id ?? step.name ?? index} failed.\n`
      state.status = 'failure'
    }
    if (step.id) steps[id] = { outcome: ran.ok ? 'success' : 'failure', outputs: ran.outputs }
  }
  return { result: state.status, outputs: fillAll(job.outputs, { ...contexts, steps }), log: state.log }
}

async function runScript(
  step: Extract<Step, { run: string }>,
  contexts: Contexts,
  on: { standIns: StandIns; role: string },
) {
  const output = join(on.standIns.folder, '..', 'output')
  writeFileSync(output, '')
  const github = contexts.github as Record<string, string>
  const env = {
    ...(contexts.env as Record<string, string>),
    ...fillAll(step.env, contexts),
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_SHA: github.sha ?? '',
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: join(on.standIns.folder, '..', 'summary'),
    RUNNER_TEMP: on.standIns.folder,
    AWS_ROLE_ARN: on.role,
  }
  const ran = await runShell(fillIn(step.run, contexts), on.standIns, { engine: 'github', env })
  return { ...ran, outputs: parseOutputs(readFileSync(output, 'utf8')) }
}

interface ActionPlace {
  standIns: StandIns
  permissions: Record<string, string>
  state: { role: string }
}

function runAction(
  step: Extract<Step, { uses: string }>,
  contexts: Contexts,
  { standIns, permissions, state }: ActionPlace,
) {
  const [action = ''] = step.uses.split('@')
  const given = fillAll(step.with, contexts)
  const call = `uses ${action}`
  const { ok } = standIns.record(call, state.role)
  if (!ok) return { ok, output: `${toldToFail(call)}\n`, outputs: {} }
  if (action === 'aws-actions/configure-aws-credentials') {
    const role = given['role-to-assume']
    if (permissions['id-token'] !== 'write') return refuse(`${action}: the job has no right to ask for a token`)
    if (!role) return refuse(`${action}: no role`)
    // One with a profile is for those who name it, and takes nothing from the others.
    if (!given['aws-profile']) state.role = role
  } else if (action === 'actions/checkout') {
    if (!['read', 'write'].includes(permissions.contents ?? ''))
      return refuse(`${action}: the job has no right to read the repository`)
  } else if (!knownActions.includes(action)) throw new Error(`The runner does not know ${action}`)
  return { ok: true, output: `${call}\n`, outputs: {} }
}

const knownActions = ['actions/setup-node', 'github/codeql-action/init', 'github/codeql-action/analyze']

function refuse(why: string) {
  return { ok: false, output: `${why}\n`, outputs: {} }
}

function fillAll(texts: Record<string, string>, contexts: Contexts): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fillIn(text, contexts)]))
}

/** `name=value`, and `name<<END` … `END` for what has lines. */
function parseOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {}
  const lines = text.split('\n')
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const long = /^([\w-]+)<<(.+)$/.exec(line)
    const [, name = '', rest = ''] = long ?? /^([\w-]+)=(.*)$/.exec(line) ?? []
    if (!name) continue
    outputs[name] = long
      ? lines
          .splice(0, lines.indexOf(rest) + 1)
          .slice(0, -1)
          .join('\n')
      : rest
  }
  return outputs
}

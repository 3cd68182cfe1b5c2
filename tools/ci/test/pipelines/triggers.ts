import { createStandIns, type Call, type StandInOptions, type StandIns } from './stand-ins.ts'
import { runBuildspec } from './run-buildspec.ts'
import { runJenkinsfile } from './run-jenkinsfile.ts'
import { runWorkflow, type WorkflowRun } from './run-workflow.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { workspace } from '../../src/discover.ts'

export const commit = 'c'.repeat(40)
const before = 'b'.repeat(40)

/** What `changed.ts` and `promote.ts` leave behind, so that the next ones find a plan. */
const answers = { '--out .data/plan.json': `mkdir -p .data && echo '{ "commit": "${commit}" }' >.data/plan.json` }

export interface Played {
  result: string
  log: string
  calls: Call[]
  /** Just the commands. */
  commands: string[]
  jobs: WorkflowRun['jobs']
}

export const vars = {
  PLAN_ROLE: 'plan',
  PUSH_ROLE: 'push',
  PULUMI_BACKEND_URL: 's3://state',
  SLACK_CHANNEL: 'deployments',
  STAGING_URL: 'https://staging.example.com',
  PRODUCTION_URL: 'https://example.com',
}
const environments = Object.fromEntries(
  ['staging', 'production'].flatMap((name) => [
    [name, { DEPLOY_ROLE: `deploy-${name}` }],
    [`${name}-infrastructure`, { INFRASTRUCTURE_ROLE: `infrastructure-${name}`, STAGING_GREEN_ROLE: 'green' }],
  ]),
)
const github = {
  event_name: 'push',
  ref: 'refs/heads/main',
  sha: commit,
  repository: 'lightpress/lightpress',
  workflow: 'deploy-staging',
  token: 'of-the-run',
  event: { before },
}
export const pullRequest = {
  ...github,
  event_name: 'pull_request',
  event: { pull_request: { number: 7, base: { sha: before }, head: { repo: { full_name: github.repository } } } },
}

export interface Circumstances extends StandInOptions {
  github?: Record<string, unknown>
  inputs?: Record<string, string>
  variables?: Record<string, string>
}

export function playWorkflow(name: string, circumstances: Circumstances = {}): Promise<Played> {
  const { github: other = {}, inputs = {}, variables = {}, ...options } = circumstances
  const given = { github: { ...github, ...other }, inputs, vars: { ...vars, ...variables }, secrets: {} }
  return play(options, (standIns) => runWorkflow(name, { standIns, environments, given }))
}

interface JenkinsCircumstances extends StandInOptions {
  approves?: boolean
  production?: boolean
}

/** `production` is what an administrator sets who gives Jenkins the right. */
export function playJenkinsfile({ approves = true, production = true, ...options }: JenkinsCircumstances = {}) {
  const variables = { BRANCH_NAME: 'main', STAGING_URL: vars.STAGING_URL, PRODUCTION_URL: vars.PRODUCTION_URL }
  const more = production ? { LIGHTPRESS_PRODUCTION: 'jenkins' } : {}
  return play(options, (standIns) =>
    runJenkinsfile(sourceOf('Jenkinsfile'), { standIns, variables: { ...variables, ...more }, approves }),
  )
}

export function playBuildspec(options: StandInOptions = {}): Promise<Played> {
  const given = { STAGING_URL: vars.STAGING_URL, AWS_ROLE_ARN: 'codebuild', CODEBUILD_RESOLVED_SOURCE_VERSION: commit }
  return play(options, (standIns) => runBuildspec(sourceOf('buildspec.yml'), standIns, given))
}

export function sourceOf(file: string): string {
  return readFileSync(join(workspace, file), 'utf8')
}

type Run = (standIns: StandIns) => Promise<{ result: string; log: string; jobs?: WorkflowRun['jobs'] }>

async function play(options: StandInOptions, run: Run): Promise<Played> {
  const standIns = createStandIns({ ...options, answers: { ...answers, ...options.answers } })
  try {
    const { result, log, jobs = {} } = await run(standIns)
    const calls = standIns.calls()
    return { result, log, jobs, calls, commands: calls.map(({ command }) => command) }
  } finally {
    standIns.remove()
  }
}

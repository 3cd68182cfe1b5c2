import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { workspace } from '../../src/discover.ts'

// The part of GitHub's workflows that ours use and the runner beside this file plays. Strict: what is not here
// (`continue-on-error`, a matrix, services) must be taught to the runner before a workflow may use it.
const Text = z.union([z.string(), z.number(), z.boolean()]).transform(String)
const Texts = z.record(z.string(), Text)
const Permissions = z.record(z.string(), z.enum(['read', 'write', 'none']))
const Concurrency = z.strictObject({ group: z.string(), 'cancel-in-progress': z.union([z.boolean(), z.string()]) })

const RunStep = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  if: z.string().optional(),
  env: Texts.default({}),
  run: z.string(),
})
const ActionStep = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  if: z.string().optional(),
  uses: z.string(),
  with: Texts.default({}),
})
const shared = {
  name: z.string().optional(),
  needs: z
    .union([z.string(), z.array(z.string())])
    .default([])
    .transform((names) => [names].flat()),
  if: z.string().optional(),
  permissions: Permissions.optional(),
  concurrency: Concurrency.optional(),
}
const OwnJob = z.strictObject({
  ...shared,
  'runs-on': z.string(),
  'timeout-minutes': z.number(),
  environment: z.string().optional(),
  /** Where the steps run; here it makes no difference. */
  container: z.string().optional(),
  env: Texts.default({}),
  outputs: Texts.default({}),
  steps: z.array(z.union([RunStep, ActionStep])),
})
const CallingJob = z.strictObject({
  ...shared,
  uses: z.string(),
  with: Texts.default({}),
  secrets: z.literal('inherit').optional(),
})

const Workflow = z.strictObject({
  name: z.string(),
  'run-name': z.string().optional(),
  on: z.record(z.string(), z.unknown()),
  permissions: Permissions,
  concurrency: Concurrency.optional(),
  env: Texts.default({}),
  defaults: z.strictObject({ run: z.strictObject({ shell: z.literal('bash') }) }),
  jobs: z.record(z.string(), z.union([OwnJob, CallingJob])),
})

export type Workflow = z.output<typeof Workflow>
export type OwnJob = z.output<typeof OwnJob>
export type Step = OwnJob['steps'][number]

export const workflowNames = ['ci', 'deploy-staging', 'deploy-production', 'rollback', 'nightly'] as const

export function workflowText(name: string): string {
  return readFileSync(join(workspace, '.github/workflows', `${name}.yml`), 'utf8')
}

export function readWorkflow(name: string): Workflow {
  return Workflow.parse(parse(workflowText(name)))
}

/** Every step of a workflow, in the order of the file. */
export function stepsOf({ jobs }: Workflow): Step[] {
  return Object.values(jobs).flatMap((job) => ('steps' in job ? job.steps : []))
}

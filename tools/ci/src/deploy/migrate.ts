import { CONTAINER, type DeployService, type DeployTarget } from 'infra'
import { z } from 'zod'
import { aws } from './aws.ts'
import { failAfter, Failure, messageOf } from './failure.ts'
import type { Plan, Planned } from './plan.ts'
import { registerRelease, type TaskDefinition } from './task-definition.ts'
import { serviceOf } from './target.ts'
import { waitFor } from './waiting.ts'

export interface MigrateOptions {
  /** How long one module's migration may take. */
  timeLimit: number
  signal: AbortSignal
}

/** Migrates the module of each service that gets another version, one after the other; the first failure ends it. */
export async function migrateAll(plan: Plan, target: DeployTarget, options: MigrateOptions): Promise<void> {
  for (const planned of plan.deploy) {
    console.log(`${planned.module}: migrating`)
    await migrateModule(planned, { commit: plan.commit, target, ...options })
    console.log(`${planned.module}: migrated`)
  }
}

interface Run extends MigrateOptions {
  commit: string
  target: DeployTarget
}

/** A task of the new image that runs `migrate` and ends. Nothing but its exit code of 0 says that it went well. */
async function migrateModule({ module, hash, digest }: Planned, { commit, target, ...options }: Run): Promise<void> {
  if (!digest) throw new Failure(`The plan has no image of ${module}: images.ts or promote.ts adds its digest.`)
  const service = serviceOf(target, module)
  const { repository, migrate } = service
  const definition = await registerRelease(migrate.family, { repository, digest, commit, hash })
  const arn = await startTask(service, { definition, cluster: target.cluster, commit })
  try {
    const task = await waitUntilStopped(arn, { cluster: target.cluster, module, ...options })
    const why = whyItFailed(task)
    if (why) throw new Failure(`The migration of ${module} failed: ${why}`)
  } finally {
    console.log(await logTail(service, { definition, arn }))
  }
}

interface Start {
  definition: TaskDefinition
  cluster: string
  commit: string
}

/** RunTask answers 200 although nothing was started: `failures` tells. */
async function startTask({ module, migrate }: DeployService, { definition, cluster, commit }: Start): Promise<string> {
  const { subnets, securityGroups } = migrate
  const network = { awsvpcConfiguration: { subnets, securityGroups, assignPublicIp: 'DISABLED' } }
  const where = ['--cluster', cluster, '--launch-type', 'FARGATE', '--network-configuration', JSON.stringify(network)]
  const what = ['--task-definition', definition.arn, '--count', '1', '--started-by', `deploy-${commit.slice(0, 12)}`]
  const { tasks, failures } = await aws(
    ['ecs', 'run-task', ...where, ...what],
    z.object({ tasks: z.array(z.object({ taskArn: z.string() })), failures: Failures }),
  )
  const [task] = tasks
  if (task && failures.length === 0) return task.taskArn
  throw new Failure(`The migration of ${module} was not started: ${inWords(failures) || 'ECS names no reason'}.`)
}

async function waitUntilStopped(
  arn: string,
  { cluster, module, timeLimit, signal }: MigrateOptions & { cluster: string; module: string },
): Promise<z.infer<typeof Task>> {
  try {
    return await waitFor(
      async () => {
        const { tasks, failures } = await aws(['ecs', 'describe-tasks', '--cluster', cluster, '--tasks', arn], Tasks)
        if (failures.length > 0) throw new Failure(`ECS lost the migration of ${module}: ${inWords(failures)}.`)
        return tasks.find(({ lastStatus }) => lastStatus === 'STOPPED')
      },
      { minutes: timeLimit, otherwise: `The migration of ${module} did not end`, signal },
    )
  } catch (error) {
    // What is not waited for does not go on either: each file is one transaction, or can be repeated.
    return failAfter(error, async () => {
      const stop = ['ecs', 'stop-task', '--cluster', cluster, '--task', arn, '--reason', 'nobody waits for it']
      await aws(stop, z.object({}))
      return 'It was told to end.'
    })
  }
}

/** A container that never started has no exit code; then the task's reason says why. */
function whyItFailed({ containers, stoppedReason }: z.infer<typeof Task>): string | undefined {
  const container = containers.find(({ name }) => name === CONTAINER)
  if (container?.exitCode === 0) return undefined
  const ended = container?.exitCode === undefined ? 'it never ran' : `exit code ${container.exitCode}`
  return [ended, stoppedReason, container?.reason].filter(Boolean).join('; ')
}

/** The end of its log; where there is none, that is said instead. */
async function logTail(
  { module, migrate }: DeployService,
  { definition, arn }: { definition: TaskDefinition; arn: string },
) {
  const stream = `${definition.logPrefix ?? CONTAINER}/${CONTAINER}/${arn.split('/').at(-1) ?? ''}`
  const from = ['--log-group-name', migrate.logGroup, '--log-stream-name', stream]
  try {
    const { events } = await aws(['logs', 'get-log-events', ...from, '--limit', '50'], LogEvents)
    return events.map(({ message }) => `  ${module} | ${message}`).join('\n')
  } catch (error) {
    return `The log of the migration of ${module} could not be read: ${messageOf(error)}`
  }
}

function inWords(failures: z.infer<typeof Failures>): string {
  return failures.map(({ arn, reason, detail }) => [reason, detail, arn].filter(Boolean).join(' ')).join('; ')
}

const Failures = z
  .array(z.object({ arn: z.string().optional(), reason: z.string().optional(), detail: z.string().optional() }))
  .default([])
const Task = z.object({
  lastStatus: z.string(),
  stoppedReason: z.string().optional(),
  containers: z
    .array(z.object({ name: z.string(), exitCode: z.number().optional(), reason: z.string().optional() }))
    .default([]),
})
const Tasks = z.object({ tasks: z.array(Task), failures: Failures })
const LogEvents = z.object({ events: z.array(z.object({ message: z.string() })) })

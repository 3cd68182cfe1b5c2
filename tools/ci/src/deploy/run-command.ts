import { CONTAINER, type DeployService } from 'infra'
import { z } from 'zod'
import { aws } from './aws.ts'
import { Failure } from './failure.ts'
import { describeTaskDefinition, type TaskDefinition } from './task-definition.ts'
import { waitFor } from './waiting.ts'

export interface CommandOptions {
  cluster: string
  /** Minutes. */
  timeLimit: number
  signal: AbortSignal
}

/**
 * Runs one of the product's commands in a task of its own: the image, the secrets and the network of the module's worker that
 * runs now. Prints what it said; nothing but its exit code of 0 says that it went well.
 */
export async function runCommand(
  { module, worker }: DeployService,
  words: readonly string[],
  { cluster, timeLimit, signal }: CommandOptions,
): Promise<void> {
  const what = `"${words.join(' ')}" of ${module}`
  const running = await aws(
    ['ecs', 'describe-services', '--cluster', cluster, '--services', worker.service],
    z.object({ services: z.array(Service) }),
  )
  const [service] = running.services
  if (!service) throw new Failure(`The cluster ${cluster} has no service ${worker.service}, whose image would run it.`)
  const definition = await describeTaskDefinition(service.taskDefinition)
  const arn = await start(service, { words, cluster, what })
  const ended = await waitFor(
    async () => {
      const look = ['ecs', 'describe-tasks', '--cluster', cluster, '--tasks', arn]
      const { tasks } = await aws(look, z.object({ tasks: z.array(Task) }))
      return tasks.find(({ lastStatus }) => lastStatus === 'STOPPED')
    },
    { minutes: timeLimit, otherwise: `${what} did not end; it goes on as task ${arn}`, signal },
  )
  console.log(await readLog(definition, arn))
  const container = ended.containers.find(({ name }) => name === CONTAINER)
  if (container?.exitCode === 0) return
  const code = container?.exitCode === undefined ? 'it never ran' : `exit code ${container.exitCode}`
  throw new Failure(`${what} failed: ${[code, ended.stoppedReason, container?.reason].filter(Boolean).join('; ')}`)
}

/** RunTask answers 200 although nothing was started: `failures` tells. */
async function start(
  { taskDefinition, networkConfiguration }: z.infer<typeof Service>,
  { words, cluster, what }: { words: readonly string[]; cluster: string; what: string },
): Promise<string> {
  const overrides = { containerOverrides: [{ name: CONTAINER, command: ['node', 'main.js', ...words] }] }
  const { tasks, failures } = await aws(
    [
      ...['ecs', 'run-task', '--cluster', cluster, '--launch-type', 'FARGATE', '--count', '1'],
      ...['--task-definition', taskDefinition, '--network-configuration', JSON.stringify(networkConfiguration)],
      ...['--overrides', JSON.stringify(overrides), '--started-by', 'run-command'],
    ],
    z.object({
      tasks: z.array(z.object({ taskArn: z.string() })),
      failures: z.array(z.object({ reason: z.string().optional() })).default([]),
    }),
  )
  const [task] = tasks
  if (task && failures.length === 0) return task.taskArn
  throw new Failure(
    `${what} was not started: ${failures.map(({ reason }) => reason).join('; ') || 'ECS names no reason'}.`,
  )
}

async function readLog({ described, logPrefix }: TaskDefinition, arn: string): Promise<string> {
  const container = described.containerDefinitions.find(({ name }) => name === CONTAINER)
  const group = container?.logConfiguration?.options?.['awslogs-group'] ?? ''
  const stream = `${logPrefix ?? CONTAINER}/${CONTAINER}/${arn.split('/').at(-1) ?? ''}`
  const { events } = await aws(
    ['logs', 'get-log-events', '--log-group-name', group, '--log-stream-name', stream, '--limit', '200'],
    z.object({ events: z.array(z.object({ message: z.string() })) }),
  )
  return events.map(({ message }) => message).join('\n')
}

const Service = z.object({ taskDefinition: z.string(), networkConfiguration: z.looseObject({}) })
const Task = z.object({
  lastStatus: z.string(),
  stoppedReason: z.string().optional(),
  containers: z
    .array(z.object({ name: z.string(), exitCode: z.number().optional(), reason: z.string().optional() }))
    .default([]),
})

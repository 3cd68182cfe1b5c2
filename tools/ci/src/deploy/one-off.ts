import { CONTAINER } from 'infra'
import { z } from 'zod'
import { aws } from './aws.ts'
import { Failure, messageOf } from './failure.ts'
import type { TaskDefinition } from './task-definition.ts'
import { waitFor } from './waiting.ts'

/** A task that is started once, and ends by itself. */
export interface OneOff {
  /** As it is called in what is printed: `the migration of users`. */
  what: string
  cluster: string
  definition: TaskDefinition
  /** As AWS takes it. */
  network: object
  startedBy: string
  /** Instead of what the image does by itself. */
  words?: readonly string[]
}

/** ARN of the task. RunTask answers 200 although nothing was started: `failures` tells. */
export async function startTask({ what, cluster, definition, network, startedBy, words }: OneOff): Promise<string> {
  const overrides = { containerOverrides: [{ name: CONTAINER, command: words }] }
  const { tasks, failures } = await aws(
    [
      ...['ecs', 'run-task', '--cluster', cluster, '--launch-type', 'FARGATE', '--count', '1'],
      ...['--task-definition', definition.arn, '--network-configuration', JSON.stringify(network)],
      ...(words ? ['--overrides', JSON.stringify(overrides)] : []),
      ...['--started-by', startedBy],
    ],
    z.object({ tasks: z.array(z.object({ taskArn: z.string() })), failures: Failures }),
  )
  const [task] = tasks
  if (task && failures.length === 0) return task.taskArn
  throw new Failure(`${what} was not started: ${inWords(failures) || 'ECS names no reason'}.`)
}

export interface Waiting {
  what: string
  cluster: string
  /** Minutes. */
  timeLimit: number
  signal: AbortSignal
}

/** Waits until it has stopped. Nothing but its exit code of 0 says that it went well. */
export async function waitForTask(arn: string, { what, cluster, timeLimit, signal }: Waiting): Promise<StoppedTask> {
  return waitFor(
    async () => {
      const { tasks, failures } = await aws(['ecs', 'describe-tasks', '--cluster', cluster, '--tasks', arn], Tasks)
      if (failures.length > 0) throw new Failure(`ECS lost ${what}: ${inWords(failures)}.`)
      return tasks.find(({ lastStatus }) => lastStatus === 'STOPPED')
    },
    { minutes: timeLimit, otherwise: `${what} did not end`, signal },
  )
}

/** A container that never started has no exit code; then the task's reason says why. */
export function requireSuccess({ containers, stoppedReason }: StoppedTask, what: string): void {
  const container = containers.find(({ name }) => name === CONTAINER)
  if (container?.exitCode === 0) return
  const ended = container?.exitCode === undefined ? 'it never ran' : `exit code ${container.exitCode}`
  throw new Failure(`${what} failed: ${[ended, stoppedReason, container?.reason].filter(Boolean).join('; ')}`)
}

/** The end of its log; where there is none, that is said instead. */
export async function logOf(arn: string, { definition, what }: Pick<OneOff, 'definition' | 'what'>): Promise<string[]> {
  const stream = `${definition.logPrefix ?? CONTAINER}/${CONTAINER}/${arn.split('/').at(-1) ?? ''}`
  const from = ['--log-group-name', definition.logGroup ?? '', '--log-stream-name', stream]
  try {
    const { events } = await aws(['logs', 'get-log-events', ...from, '--limit', '200'], LogEvents)
    return events.map(({ message }) => message)
  } catch (error) {
    return [`${what}: its log could not be read: ${messageOf(error)}`]
  }
}

function inWords(failures: z.infer<typeof Failures>): string {
  return failures.map(({ arn, reason, detail }) => [reason, detail, arn].filter(Boolean).join(' ')).join('; ')
}

const Failures = z
  .array(z.object({ arn: z.string().optional(), reason: z.string().optional(), detail: z.string().optional() }))
  .default([])
const StoppedTask = z.object({
  lastStatus: z.string(),
  stoppedReason: z.string().optional(),
  containers: z
    .array(z.object({ name: z.string(), exitCode: z.number().optional(), reason: z.string().optional() }))
    .default([]),
})
export type StoppedTask = z.infer<typeof StoppedTask>
const Tasks = z.object({ tasks: z.array(StoppedTask), failures: Failures })
const LogEvents = z.object({ events: z.array(z.object({ message: z.string() })) })

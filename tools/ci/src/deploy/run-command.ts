import type { DeployService, DeployTarget } from 'infra'
import { logOf, requireSuccess, startTask, waitForTask } from './one-off.ts'
import { placeOf } from './replace.ts'
import { describeService } from './service-deployments.ts'
import { describeTaskDefinition } from './task-definition.ts'

export interface CommandOptions {
  target: DeployTarget
  /** Minutes. */
  timeLimit: number
  signal: AbortSignal
}

/**
 * Runs one of the product's commands in a task of its own: the image, the secrets and the network of the module's worker that
 * runs now. Prints what it said. It goes on where nobody waits for it any longer: only it knows where it may be interrupted.
 */
export async function runCommand(
  { module, worker }: DeployService,
  words: readonly string[],
  { target, timeLimit, signal }: CommandOptions,
): Promise<void> {
  const { cluster } = target
  const { taskDefinition, networkConfiguration } = await describeService(placeOf(target, worker))
  const what = `"${words.join(' ')}" of ${module}`
  const definition = await describeTaskDefinition(taskDefinition)
  const task = { what, cluster, definition, network: networkConfiguration, startedBy: 'run-command' }
  const arn = await startTask({ ...task, words: ['node', 'main.js', ...words] })
  console.log(`${what} is the task ${arn}.`)
  const ended = await waitForTask(arn, { what, cluster, timeLimit, signal })
  for (const line of await logOf(arn, task)) console.log(line)
  requireSuccess(ended, what)
}

import type { DeployService, DeployTarget } from 'infra'
import { Failure } from './failure.ts'
import type { Watch } from './follow.ts'
import { placeOf, replaceAtOnce } from './replace.ts'
import { describeService, listDeployments, taskDefinitionsOf, type Place } from './service-deployments.ts'
import { describeTaskDefinition, type TaskDefinition } from './task-definition.ts'

export interface RollbackOptions {
  target: DeployTarget
  timeLimit: number
  signal: AbortSignal
}

/**
 * The worker runs the same image as `http`: where it is ahead, it goes back to what had that image. Whoever is told to
 * stop meanwhile leaves that going on, for `http` is back already, or about to be.
 */
export async function alignWorker(
  service: DeployService,
  http: TaskDefinition,
  options: RollbackOptions,
): Promise<string[]> {
  const place = placeOf(options.target, service.worker)
  const { taskDefinition } = await describeService(place)
  if ((await describeTaskDefinition(taskDefinition)).digest === http.digest) return []
  for (const arn of await succeededDefinitions(place)) {
    const candidate = await describeTaskDefinition(arn)
    if (candidate.digest !== http.digest) continue
    await replaceAtOnce(place, arn, watchOf({ ...options, signal: new AbortController().signal }))
    return [`${service.worker.service}: ${candidate.digest ? `runs ${arn}` : 'has no task'} again.`]
  }
  throw new Failure(`ECS remembers no ${service.worker.service} with the image that ${service.http.service} runs now.`)
}

/** The newest first, each once. ECS tells of at most 20 revisions in one answer. */
export async function succeededDefinitions(place: Place): Promise<string[]> {
  const succeeded = await listDeployments(place, 'SUCCESSFUL')
  return [...new Set(await taskDefinitionsOf(succeeded.slice(0, 20).map((each) => each.targetServiceRevisionArn)))]
}

/** Without a look at the alarms: they may well ring for what is taken back. */
export function watchOf({ timeLimit, signal }: RollbackOptions): Watch {
  return { timeLimit, signal, alarms: [] }
}

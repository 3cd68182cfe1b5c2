import type { DeployTarget, EcsService } from 'infra'
import { failAfter } from './failure.ts'
import { follow, rollBack, type Watch } from './follow.ts'
import { describeService, findBegun, findOngoing, updateService, type Place } from './service-deployments.ts'
import { hasImage } from './task-definition.ts'

export interface Replacement extends Watch {
  /** How many to begin with where none run. */
  tasks?: number
}

/** Gives an ECS service another task definition, and looks on until it runs. */
export async function replace(place: Place, taskDefinition: string, options: Replacement): Promise<void> {
  const { tasks, ...watch } = options
  await updateService(place, { taskDefinition, ...(await countFor(place, taskDefinition, tasks)) })
  await follow(place, await beginning(place, taskDefinition), watch)
}

/**
 * Without steps, which help nobody where nothing runs, and would take as long as the release did where it goes back. The
 * service gets its own way of deploying back in any case.
 */
export async function replaceAtOnce(
  place: Place,
  taskDefinition: string,
  options: Omit<Replacement, 'canary'>,
): Promise<void> {
  const { deploymentConfiguration } = await describeService(place)
  const { strategy = 'ROLLING' } = deploymentConfiguration
  if (strategy === 'ROLLING') return replace(place, taskDefinition, options)
  const { canaryConfiguration: _, linearConfiguration: __, ...rest } = deploymentConfiguration
  const configuration = { ...rest, strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0, lifecycleHooks: [] }
  const giveBack = () => updateService(place, { configuration: deploymentConfiguration })
  const { tasks, ...watch } = options
  const count = await countFor(place, taskDefinition, tasks)
  await updateService(place, { taskDefinition, configuration, ...count })
  try {
    await follow(place, await beginning(place, taskDefinition), watch)
  } catch (error) {
    await failAfter(error, async () => {
      await giveBack()
      return 'It is deployed in steps again.'
    })
  }
  await giveBack()
}

/** What Pulumi made a service with has no image, so no task of it may be wanted: ECS would wait for it in vain. */
async function countFor(place: Place, taskDefinition: string, tasks = 0): Promise<{ desiredCount?: number }> {
  if (!(await hasImage(taskDefinition))) return { desiredCount: 0 }
  const { desiredCount } = await describeService(place)
  return desiredCount === 0 && tasks > 0 ? { desiredCount: tasks } : {}
}

/** What an update began; nothing goes on that cannot be watched. */
async function beginning(place: Place, taskDefinition: string): Promise<string> {
  try {
    return await findBegun(place, taskDefinition)
  } catch (error) {
    return failAfter(error, async () => {
      const ongoing = await findOngoing(place)
      return ongoing ? rollBack(place, ongoing.serviceDeploymentArn) : 'ECS began nothing.'
    })
  }
}

export function placeOf({ cluster }: DeployTarget, { service }: EcsService): Place {
  return { cluster, service }
}

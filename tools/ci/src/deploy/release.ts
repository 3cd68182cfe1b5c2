import type { DeployService, DeployTarget, EcsService } from 'infra'
import { requireQuiet } from './alarms.ts'
import type { Deployed } from './deployed.ts'
import { failAfter, Failure } from './failure.ts'
import { follow, rollBack } from './follow.ts'
import type { Planned } from './plan.ts'
import { describeService, findBegun, findOngoing, updateService, type Place } from './service-deployments.ts'
import { isCurrent, registerRelease } from './task-definition.ts'

export interface ReleaseOptions {
  target: DeployTarget
  commit: string
  /** Minutes for one ECS service. */
  timeLimit: number
  signal: AbortSignal
}

/** What each half of a module runs now. */
export interface Running {
  taskDefinition: string
  worker: string
}

/**
 * One module's new version. Its worker goes first: what the new `http` enqueues must find somebody who knows it. When
 * `http` does not come through, the worker goes back as well.
 */
export async function releaseService(
  service: DeployService,
  { module, digest, hash }: Planned,
  options: ReleaseOptions,
): Promise<Running> {
  const { target, commit } = options
  if (!digest) throw new Failure(`The plan has no image of ${module}: images.ts or promote.ts adds its digest.`)
  const [http, worker] = [placeOf(target, service.http), placeOf(target, service.worker)]
  await requireReady(service, target)
  const release = { repository: service.repository, digest, commit, hash }
  const [newHttp, newWorker] = [
    await registerRelease(service.http.family, release),
    await registerRelease(service.worker.family, release),
  ]
  const before = await describeService(worker)
  await replace(worker, newWorker.arn, { ...options, alarms: service.alarms, tasks: service.worker.tasks })
  try {
    const canary = service.http.canary ? { canary: { url: target.url } } : {}
    await replace(http, newHttp.arn, { ...options, ...canary, alarms: service.alarms, tasks: service.http.tasks })
  } catch (error) {
    await failAfter(error, async () => {
      const { taskDefinition } = await describeService(http)
      if (taskDefinition === newHttp.arn) return 'It runs all the same, and so does its worker: take both back by hand.'
      return putBack(worker, before.taskDefinition, options)
    })
  }
  return { taskDefinition: newHttp.arn, worker: newWorker.arn }
}

/** Services that run what they should in a shape that Pulumi has changed since: with other memory, or a new variable. */
export async function findOutdated(
  services: readonly DeployService[],
  deployed: Deployed | undefined,
): Promise<Planned[]> {
  const outdated: Planned[] = []
  for (const { module, http, worker } of services) {
    const running = deployed?.services[module]
    if (!running) continue
    const { digest, hash } = running
    const current =
      (await isCurrent(http.family, running.taskDefinition)) && (await isCurrent(worker.family, running.worker))
    if (!current) outdated.push({ module, digest, hash })
  }
  return outdated
}

export interface Replacement extends Omit<ReleaseOptions, 'target' | 'commit'> {
  alarms: readonly string[]
  /** How many to begin with where none run. */
  tasks?: number
  canary?: { url: string }
}

/** Gives an ECS service another task definition, and looks on until it runs. */
export async function replace(place: Place, taskDefinition: string, options: Replacement): Promise<void> {
  const { tasks, ...watch } = options
  const { desiredCount } = await describeService(place)
  await updateService(place, { taskDefinition, ...(desiredCount === 0 && tasks && { desiredCount: tasks }) })
  await follow(await beginning(place, taskDefinition), { name: place.service, ...watch })
}

/** What an update began; nothing goes on that cannot be watched. */
export async function beginning(place: Place, taskDefinition: string): Promise<string> {
  try {
    return await findBegun(place, taskDefinition)
  } catch (error) {
    return failAfter(error, async () => {
      const ongoing = await findOngoing(place)
      return ongoing ? rollBack(ongoing.serviceDeploymentArn) : 'ECS began nothing.'
    })
  }
}

/** No alarm rings yet, nobody else is at it, and traffic will move in steps where it should. */
async function requireReady(service: DeployService, target: DeployTarget): Promise<void> {
  await requireQuiet(service.alarms)
  for (const half of [service.http, service.worker]) {
    const ongoing = await findOngoing(placeOf(target, half))
    if (ongoing)
      throw new Failure(
        `${half.service} is being deployed already (${ongoing.serviceDeploymentArn}). Wait for it, or end it by \`rollback.ts --mode in-flight\`.`,
      )
  }
  if (!service.http.canary) return
  const { deploymentConfiguration } = await describeService(placeOf(target, service.http))
  if (deploymentConfiguration.strategy === 'CANARY') return
  throw new Failure(
    `${service.http.service} is deployed by ${deploymentConfiguration.strategy ?? 'no strategy'} instead of CANARY, which a rollback may have left behind. \`pulumi up --refresh\` puts it right.`,
  )
}

/** Without a look at the alarms: they may well ring still for what just went wrong. */
async function putBack(worker: Place, taskDefinition: string, { timeLimit }: ReleaseOptions): Promise<string> {
  const { signal } = new AbortController()
  await replace(worker, taskDefinition, { timeLimit, signal, alarms: [] })
  return 'Its worker runs again what it ran before.'
}

export function placeOf({ cluster }: DeployTarget, { service }: EcsService): Place {
  return { cluster, service }
}

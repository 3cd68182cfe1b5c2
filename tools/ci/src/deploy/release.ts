import type { DeployService, DeployTarget } from 'infra'
import { requireQuiet } from './alarms.ts'
import type { Deployed } from './deployed.ts'
import { failAfter, Failure } from './failure.ts'
import type { Planned } from './plan.ts'
import { placeOf, replace, replaceAtOnce } from './replace.ts'
import { describeService, findOngoing, type Place } from './service-deployments.ts'
import type { Present } from './smoke.ts'
import { hasImage, isCurrent, registerRelease } from './task-definition.ts'

export interface ReleaseOptions {
  target: DeployTarget
  commit: string
  /** Minutes for one ECS service. */
  timeLimit: number
  signal: AbortSignal
  /** What runs in the environment as yet. */
  deployed: Deployed | undefined
}

/** What each half of a module runs now. */
export interface Running {
  taskDefinition: string
  worker: string
}

/**
 * One module's new version. Its worker goes first: what the new `http` enqueues must find somebody who knows it. When
 * `http` does not come through, the worker goes back as well. In steps only where somebody is served already: of a module
 * that nobody has had yet there is no traffic to move.
 */
export async function releaseService(
  service: DeployService,
  { module, digest, hash }: Planned,
  options: ReleaseOptions,
): Promise<Running> {
  const { target, commit, deployed, timeLimit, signal } = options
  if (!digest) throw new Failure(`The plan has no image of ${module}: images.ts or promote.ts adds its digest.`)
  const [http, worker] = [placeOf(target, service.http), placeOf(target, service.worker)]
  await requireReady(service, target)
  const release = { repository: service.repository, digest, commit, hash }
  const [newHttp, newWorker] = [
    await registerRelease(service.http.family, release),
    await registerRelease(service.worker.family, release),
  ]
  const [before, { desiredCount }] = [await describeService(worker), await describeService(http)]
  const watch = { timeLimit, signal, alarms: service.alarms }
  await replace(worker, newWorker.arn, { ...watch, tasks: service.worker.tasks })
  try {
    const canary = { url: target.url, present: presentWith(module, deployed) }
    if (service.http.canary && desiredCount > 0) await replace(http, newHttp.arn, { ...watch, canary })
    else await replaceAtOnce(http, newHttp.arn, { ...watch, tasks: service.http.tasks })
  } catch (error) {
    await failAfter(error, async () => {
      const { taskDefinition } = await describeService(http)
      if (taskDefinition === newHttp.arn) return 'It runs all the same, and so does its worker: take both back by hand.'
      return putBack(worker, before.taskDefinition, timeLimit)
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
async function putBack(worker: Place, taskDefinition: string, timeLimit: number): Promise<string> {
  const { signal } = new AbortController()
  await replace(worker, taskDefinition, { timeLimit, signal, alarms: [] })
  const ran = await hasImage(taskDefinition)
  return ran ? 'Its worker runs again what it ran before.' : 'Its worker has no task again.'
}

/** What can be asked while a module is brought: on the way from nothing to everything, that is not all. */
function presentWith(module: string, deployed: Deployed | undefined): Present {
  return { modules: [...Object.keys(deployed?.services ?? {}), module], web: Boolean(deployed?.web) }
}

import type { DeployService, DeployTarget } from 'infra'
import { alignWorker, succeededDefinitions, watchOf, type RollbackOptions } from './align-worker.ts'
import { readDeployed, writeDeployed, type Deployed } from './deployed.ts'
import { attempt, Failure, saidBy, type Outcome } from './failure.ts'
import type { Environment } from './input.ts'
import { placeOf, replaceAtOnce } from './replace.ts'
import { describeService, findOngoing, type Place } from './service-deployments.ts'
import { describeTaskDefinition, type TaskDefinition } from './task-definition.ts'

/** Those that the last release touched: only they have something to go back to. */
export async function servicesOfLastRelease(environment: Environment, { services }: DeployTarget): Promise<string[]> {
  const deployed = await readDeployed(environment)
  if (!deployed?.release)
    throw new Failure(`What runs in ${environment} is no single release: say which --service is to go back.`)
  const touched: string[] = []
  for (const { module } of services) {
    const running = deployed.services[module]
    const commit = running && (await describeTaskDefinition(running.taskDefinition)).origin?.commit
    if (commit === deployed.release) touched.push(module)
  }
  if (touched.length === 0)
    throw new Failure(
      `The release ${deployed.release} brought no service anything new. Of the web see docs/operations/roll-back.md.`,
    )
  return touched
}

/** Brings back the version before the one that runs, at once instead of in steps, and notes what runs then. */
export async function rollBackRelease(
  environment: Environment,
  services: readonly DeployService[],
  options: RollbackOptions,
): Promise<string[]> {
  const { target } = options
  const deployed = await readDeployed(environment)
  if (!deployed) throw new Failure(`Nothing was ever deployed to ${environment}.`)
  for (const { http, worker } of services)
    for (const half of [http, worker])
      if (await findOngoing(placeOf(target, half)))
        throw new Failure(`${half.service} is being deployed: end that by \`--mode in-flight\` first.`)
  // A module that is new has nothing to go back to; whatever becomes of one, the others go back.
  const outcomes: Outcome[] = []
  for (const service of services)
    outcomes.push(await attempt(service.module, () => bringBack(environment, service, options)))
  return saidBy(outcomes)
}

async function bringBack(
  environment: Environment,
  service: DeployService,
  options: RollbackOptions,
): Promise<string[]> {
  options.signal.throwIfAborted()
  const [http, worker] = [placeOf(options.target, service.http), placeOf(options.target, service.worker)]
  const before = await previousDefinition(http)
  const { origin, digest } = before
  if (!origin || !digest) throw new Failure(`Before what ${service.module} runs, no image was deployed there.`)
  await replaceAtOnce(http, before.arn, watchOf(options))
  const runs = { lines: [`${http.service}: runs ${before.arn} of ${origin.commit} again.`], failed: false }
  const aligned = await attempt(worker.service, () => alignWorker(service, before, options))
  // Whatever became of the worker, this is what `http` runs.
  const { taskDefinition } = await describeService(worker)
  const running = { digest, hash: origin.hash, taskDefinition: before.arn, worker: taskDefinition }
  await noteBack(environment, service, running)
  return saidBy([runs, aligned])
}

/** What runs is no commit any more: the next plan is to compare everything. */
async function noteBack(environment: Environment, { module }: DeployService, running: Deployed['services'][string]) {
  const deployed = (await readDeployed(environment)) ?? { services: {}, web: null }
  const services = { ...deployed.services, [module]: running }
  await writeDeployed(environment, { ...deployed, commit: null, release: null, services })
}

/**
 * What ran before what runs; a deployment that failed is none, and neither is the same once more, for another secret. By
 * time, and not by revision: between them may be one that was taken back before. What is newer than what runs was taken
 * back as well.
 */
async function previousDefinition(place: Place): Promise<TaskDefinition> {
  const { taskDefinition } = await describeService(place)
  const now = await describeTaskDefinition(taskDefinition)
  for (const arn of await succeededDefinitions(place)) {
    if (revisionOf(arn) >= revisionOf(taskDefinition)) continue
    const found = await describeTaskDefinition(arn)
    if (found.digest !== now.digest || found.origin?.commit !== now.origin?.commit) return found
  }
  throw new Failure(
    `ECS remembers nothing that ran as ${place.service} before ${taskDefinition}: deploy an older commit.`,
  )
}

/** `…:task-definition/lightpress-production-users:12` is 12. */
function revisionOf(arn: string): number {
  return Number(arn.split(':').at(-1))
}

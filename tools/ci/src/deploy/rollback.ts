import type { DeployService, DeployTarget } from 'infra'
import { readDeployed, writeDeployed, type Deployed } from './deployed.ts'
import { Failure } from './failure.ts'
import { rollBack, type Watch } from './follow.ts'
import type { Environment } from './input.ts'
import { placeOf, replaceAtOnce } from './replace.ts'
import {
  describeDeployment,
  describeService,
  findOngoing,
  listDeployments,
  taskDefinitionsOf,
  type Place,
} from './service-deployments.ts'
import { describeTaskDefinition, type TaskDefinition } from './task-definition.ts'

export interface RollbackOptions {
  target: DeployTarget
  timeLimit: number
  signal: AbortSignal
}

/** Ends what ECS is about to bring; with `bake` what it has brought already, while the old version still stands by. */
export async function rollBackOngoing(
  services: readonly DeployService[],
  mode: 'in-flight' | 'bake',
  options: RollbackOptions,
): Promise<string[]> {
  const { target } = options
  const ongoing: { service: DeployService; half: 'http' | 'worker'; arn: string }[] = []
  for (const service of services) {
    for (const half of ['http', 'worker'] as const) {
      const found = await findOngoing(placeOf(target, service[half]))
      if (found) ongoing.push({ service, half, arn: found.serviceDeploymentArn })
    }
  }
  if (ongoing.length === 0)
    throw new Failure('No deployment is under way. What is complete is taken back by `--mode release`.')
  if (mode === 'bake') for (const { arn } of ongoing) await requireBaking(arn)

  const lines: string[] = []
  for (const { service, half, arn } of ongoing) {
    const { sourceServiceRevisions } = await describeDeployment(arn)
    lines.push(`${service[half].service}: ${await rollBack(placeOf(target, service[half]), arn)}`)
    if (half === 'worker') continue
    const [definition] = await taskDefinitionsOf(sourceServiceRevisions.slice(0, 1).map((revision) => revision.arn))
    if (definition) lines.push(...(await alignWorker(service, await describeTaskDefinition(definition), options)))
  }
  return lines
}

async function requireBaking(arn: string): Promise<void> {
  const { lifecycleStage } = await describeDeployment(arn)
  if (lifecycleStage === 'BAKE_TIME') return
  throw new Failure(`${arn} is at ${lifecycleStage ?? 'its beginning'}, not at BAKE_TIME: use \`--mode in-flight\`.`)
}

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
  const lines: string[] = []
  let after: Deployed = deployed
  for (const service of services) {
    const before = await previousDefinition(placeOf(target, service.http))
    const { origin, digest } = before
    if (!origin || !digest) throw new Failure(`Before what ${service.module} runs, no image was deployed there.`)
    await replaceAtOnce(placeOf(target, service.http), before.arn, watchOf(options))
    lines.push(`${service.http.service}: runs ${before.arn} of ${origin.commit} again.`)
    lines.push(...(await alignWorker(service, before, options)))
    const { taskDefinition: worker } = await describeService(placeOf(target, service.worker))
    const running = { digest, hash: origin.hash, taskDefinition: before.arn, worker }
    // What runs is no commit any more: the next plan is to compare everything.
    after = { ...after, commit: null, release: null, services: { ...after.services, [service.module]: running } }
    await writeDeployed(environment, after)
  }
  return lines
}

/** The last one that was deployed with success before what runs; a deployment that failed is none. */
async function previousDefinition(place: Place): Promise<TaskDefinition> {
  const { taskDefinition } = await describeService(place)
  const [previous] = (await succeededDefinitions(place))
    .filter((arn) => revisionOf(arn) < revisionOf(taskDefinition))
    .sort((a, b) => revisionOf(b) - revisionOf(a))
  if (previous) return describeTaskDefinition(previous)
  throw new Failure(
    `ECS remembers nothing that ran as ${place.service} before ${taskDefinition}: deploy an older commit.`,
  )
}

/** The worker runs the same image as `http`: where it is ahead, it goes back to what had that image. */
async function alignWorker(service: DeployService, http: TaskDefinition, options: RollbackOptions): Promise<string[]> {
  const place = placeOf(options.target, service.worker)
  const { taskDefinition } = await describeService(place)
  if ((await describeTaskDefinition(taskDefinition)).digest === http.digest) return []
  for (const arn of await succeededDefinitions(place)) {
    const candidate = await describeTaskDefinition(arn)
    if (candidate.digest !== http.digest) continue
    await replaceAtOnce(place, arn, watchOf(options))
    return [`${service.worker.service}: ${candidate.digest ? `runs ${arn}` : 'has no task'} again.`]
  }
  throw new Failure(`ECS remembers no ${service.worker.service} with the image that ${service.http.service} runs now.`)
}

/** The newest first, each once. ECS tells of at most 20 revisions in one answer. */
async function succeededDefinitions(place: Place): Promise<string[]> {
  const succeeded = await listDeployments(place, 'SUCCESSFUL')
  return [...new Set(await taskDefinitionsOf(succeeded.slice(0, 20).map((each) => each.targetServiceRevisionArn)))]
}

/** Without a look at the alarms: they may well ring for what is taken back. */
function watchOf({ timeLimit, signal }: RollbackOptions): Watch {
  return { timeLimit, signal, alarms: [] }
}

/** `…:task-definition/lightpress-production-users:12` is 12. */
function revisionOf(arn: string): number {
  return Number(arn.split(':').at(-1))
}

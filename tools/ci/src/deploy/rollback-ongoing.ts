import type { DeployService } from 'infra'
import { alignWorker, type RollbackOptions } from './align-worker.ts'
import { attempt, Failure, saidBy, type Outcome } from './failure.ts'
import { rollBack } from './follow.ts'
import { placeOf } from './replace.ts'
import {
  describeDeployment,
  findOngoing,
  stopDeployment,
  taskDefinitionsOf,
  type Place,
} from './service-deployments.ts'
import { describeTaskDefinition, type TaskDefinition } from './task-definition.ts'

/** A service of which something is being deployed: ARNs of the deployments. */
interface Ongoing {
  service: DeployService
  http: string | undefined
  worker: string | undefined
}

/** Ends what ECS is about to bring; with `bake` what it has brought already, while the old version still stands by. */
export async function rollBackOngoing(
  services: readonly DeployService[],
  mode: 'in-flight' | 'bake',
  options: RollbackOptions,
): Promise<string[]> {
  const { target } = options
  const ongoing: Ongoing[] = []
  for (const service of services) {
    const [http, worker] = await Promise.all(
      [service.http, service.worker].map(
        async (half) => (await findOngoing(placeOf(target, half)))?.serviceDeploymentArn,
      ),
    )
    if (http || worker) ongoing.push({ service, http, worker })
  }
  if (ongoing.length === 0)
    throw new Failure('No deployment is under way. What is complete is taken back by `--mode release`.')
  if (mode === 'bake') for (const each of ongoing) for (const arn of arnsOf(each)) await requireBaking(arn)

  // Who is cancelled has five minutes, and a rollback may take twenty: nothing is waited for before all is begun.
  const told: { each: Ongoing; outcome: Outcome }[] = []
  for (const each of ongoing)
    told.push({ each, outcome: await attempt(each.service.module, () => requestRollbacks(each)) })
  const ends = told.map(async ({ each, outcome }) => (outcome.failed ? [outcome] : end(each, options)))
  return saidBy((await Promise.all(ends)).flat())
}

async function requireBaking(arn: string): Promise<void> {
  const { lifecycleStage } = await describeDeployment(arn)
  if (lifecycleStage === 'BAKE_TIME') return
  throw new Failure(`${arn} is at ${lifecycleStage ?? 'its beginning'}, not at BAKE_TIME: use \`--mode in-flight\`.`)
}

async function requestRollbacks(ongoing: Ongoing): Promise<string[]> {
  for (const arn of arnsOf(ongoing)) {
    const { status } = await describeDeployment(arn)
    if (status === 'PENDING' || status === 'IN_PROGRESS') await stopDeployment(arn)
  }
  return []
}

/** The worker goes back beside `http`, not after it: who waits for that may be cut off. */
function end({ service, http, worker }: Ongoing, options: RollbackOptions): Promise<Outcome[]> {
  const [httpPlace, workerPlace] = [placeOf(options.target, service.http), placeOf(options.target, service.worker)]
  const takeBack = async (place: Place, arn: string) => `${place.service}: ${await rollBack(place, arn)}`
  return Promise.all([
    attempt(httpPlace.service, async () => (http ? [await takeBack(httpPlace, http)] : [])),
    attempt(workerPlace.service, async () => {
      const lines = worker ? [await takeBack(workerPlace, worker)] : []
      const before = http && (await ranBefore(http))
      return before ? [...lines, ...(await alignWorker(service, before, options))] : lines
    }),
  ])
}

/** What ran as `http` before; nothing where what was brought had come through, and stays. */
async function ranBefore(arn: string): Promise<TaskDefinition | undefined> {
  const { status, sourceServiceRevisions } = await describeDeployment(arn)
  if (status === 'SUCCESSFUL') return undefined
  const [definition] = await taskDefinitionsOf(sourceServiceRevisions.slice(0, 1).map((revision) => revision.arn))
  return definition === undefined ? undefined : describeTaskDefinition(definition)
}

function arnsOf({ http, worker }: Ongoing): string[] {
  return [http, worker].filter((arn) => arn !== undefined)
}

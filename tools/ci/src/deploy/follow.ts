import { requireQuiet } from './alarms.ts'
import { failAfter, Failure, messageOf } from './failure.ts'
import {
  continueDeployment,
  describeDeployment,
  isOngoing,
  stopDeployment,
  taskDefinitionsOf,
  updateService,
  type Deployment,
  type Place,
} from './service-deployments.ts'
import { smoke, type Present } from './smoke.ts'
import { hasImage } from './task-definition.ts'
import { waitFor } from './waiting.ts'

export interface Watch {
  alarms: readonly string[]
  /** Minutes for the whole deployment. */
  timeLimit: number
  signal: AbortSignal
  /** Where the product answers: given where traffic moves in steps, to try each of them; with what there is to ask. */
  canary?: { url: string; present: Present }
}

/**
 * Looks on until the deployment has succeeded. Whatever goes wrong meanwhile, in ECS, in a smoke test, by an alarm, by
 * time or by whoever ends this process: it is rolled back, and that is waited for.
 */
export async function follow(place: Place, arn: string, watch: Watch): Promise<void> {
  const { service } = place
  const tried = new Set<'test' | 'canary'>()
  let shown = ''
  try {
    await waitFor(
      async () => {
        const deployment = await describeDeployment(arn)
        const line = describe(deployment)
        if (line !== shown) console.log(`${service}: ${line}`)
        shown = line
        if (!isOngoing(deployment)) return judgeEnd(deployment, watch, tried)
        if (deployment.status === 'PENDING') return undefined
        if (deployment.status !== 'IN_PROGRESS') throw new Failure(`ECS takes it back: ${reasonOf(deployment)}.`)
        await requireQuiet(watch.alarms)
        if (watch.canary) await tryStage(deployment, { ...watch.canary, tried })
        return undefined
      },
      { minutes: watch.timeLimit, otherwise: `The deployment of ${service} did not end`, signal: watch.signal },
    )
  } catch (error) {
    const failure = new Failure(`The deployment of ${service} failed: ${messageOf(error)}`)
    await failAfter(failure, () => rollBack(place, arn))
  }
}

interface Trying {
  url: string
  present: Present
  tried: Set<'test' | 'canary'>
}

/**
 * A pause ends when the test listener answers well. While a part of the traffic is on the new version, both ways in are
 * tried again and again. Once all of it is, both must have been: a service that does not move in steps is misconfigured.
 */
async function tryStage(deployment: Deployment, { url, present, tried }: Trying): Promise<void> {
  const { serviceDeploymentArn, lifecycleStage = '', lifecycleHookDetails } = deployment
  for (const { hookId } of lifecycleHookDetails.filter(isPause)) {
    await smoke(url, { test: true, present })
    tried.add('test')
    await continueDeployment(serviceDeploymentArn, hookId)
  }
  const weight = deployment.targetServiceRevision?.requestedProductionTrafficWeight ?? 0
  if (weight > 0 && weight < 100) {
    await smoke(url, { present })
    await smoke(url, { test: true, present })
    tried.add('canary')
  }
  if (lifecycleStage === 'BAKE_TIME') requireTried(tried)
}

function requireTried(tried: Trying['tried']): void {
  if (!tried.has('test')) throw new Failure('It did not pause for the test listener to be tried.')
  if (!tried.has('canary')) throw new Failure('No part of the traffic was moved before all of it was.')
}

function judgeEnd(deployment: Deployment, { canary }: Watch, tried: Trying['tried']): true {
  const { status } = deployment
  if (status !== 'SUCCESSFUL') throw new Failure(`ECS ended it as ${status}: ${reasonOf(deployment)}.`)
  if (canary) requireTried(tried)
  return true
}

/** What became of it, in words. Where nothing ran before, nothing does then: what Pulumi made has no image to run. */
export async function rollBack(place: Place, arn: string): Promise<string> {
  const { status, sourceServiceRevisions } = await describeDeployment(arn)
  if (status === 'SUCCESSFUL') return 'It had ended already: roll it back by `rollback.ts --mode release`.'
  if (status === 'PENDING' || status === 'IN_PROGRESS') await stopDeployment(arn)
  const before = await taskDefinitionsOf(sourceServiceRevisions.map((revision) => revision.arn))
  const ran = (await Promise.all(before.map(hasImage))).includes(true)
  if (!ran) await updateService(place, { desiredCount: 0 })
  const ended = await waitFor(
    async () => {
      const deployment = await describeDeployment(arn)
      return isOngoing(deployment) ? undefined : deployment
    },
    { minutes: ROLLBACK_LIMIT, otherwise: `The rollback of ${arn} did not end` },
  )
  if (ended.status === 'ROLLBACK_SUCCESSFUL')
    return `It was rolled back: ${ran ? 'what ran before runs' : 'nothing ran before, and nothing does now'}.`
  throw new Failure(`It ended as ${ended.status}: ${reasonOf(ended)}. Look at the service now.`)
}

/** Minutes in which tasks of what ran before may come up again. */
const ROLLBACK_LIMIT = 20

function reasonOf({ statusReason }: Deployment): string {
  return statusReason ?? 'no reason given'
}

function isPause({ targetType, status }: Deployment['lifecycleHookDetails'][number]): boolean {
  return targetType === 'PAUSE' && status === 'AWAITING_ACTION'
}

function describe({ status, lifecycleStage, targetServiceRevision }: Deployment): string {
  const weight = targetServiceRevision?.requestedProductionTrafficWeight
  return [status, lifecycleStage, weight !== undefined && `${weight} % of the traffic`].filter(Boolean).join(', ')
}

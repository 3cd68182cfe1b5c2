import { requireQuiet } from './alarms.ts'
import { failAfter, Failure, messageOf } from './failure.ts'
import {
  continueDeployment,
  describeDeployment,
  isOngoing,
  stopDeployment,
  type Deployment,
} from './service-deployments.ts'
import { smoke } from './smoke.ts'
import { waitFor } from './waiting.ts'

export interface Watch {
  /** As it is called in what is printed. */
  name: string
  alarms: readonly string[]
  /** Minutes for the whole deployment. */
  timeLimit: number
  signal: AbortSignal
  /** Where the product answers: given where traffic moves in steps, to try each of them. */
  canary?: { url: string }
}

/**
 * Looks on until the deployment has succeeded. Whatever goes wrong meanwhile, in ECS, in a smoke test, by an alarm, by
 * time or by whoever ends this process: it is rolled back, and that is waited for.
 */
export async function follow(arn: string, watch: Watch): Promise<void> {
  const tried = new Set<'test' | 'canary'>()
  let shown = ''
  try {
    await waitFor(
      async () => {
        const deployment = await describeDeployment(arn)
        const line = describe(deployment)
        if (line !== shown) console.log(`${watch.name}: ${line}`)
        shown = line
        if (!isOngoing(deployment)) return judgeEnd(deployment, watch, tried)
        if (deployment.status !== 'IN_PROGRESS') return undefined
        await requireQuiet(watch.alarms)
        if (watch.canary) await tryStage(deployment, { url: watch.canary.url, tried })
        return undefined
      },
      { minutes: watch.timeLimit, otherwise: `The deployment of ${watch.name} did not end`, signal: watch.signal },
    )
  } catch (error) {
    await failAfter(new Failure(`The deployment of ${watch.name} failed: ${messageOf(error)}`), () => rollBack(arn))
  }
}

interface Trying {
  url: string
  tried: Set<'test' | 'canary'>
}

/**
 * A pause ends when the test listener answers well. While a part of the traffic is on the new version, both ways in are
 * tried again and again. Once all of it is, both must have been: a service that does not move in steps is misconfigured.
 */
async function tryStage(deployment: Deployment, { url, tried }: Trying): Promise<void> {
  const { serviceDeploymentArn, lifecycleStage = '', lifecycleHookDetails } = deployment
  for (const { hookId } of lifecycleHookDetails.filter(isPause)) {
    await smoke(url, { test: true })
    tried.add('test')
    await continueDeployment(serviceDeploymentArn, hookId)
  }
  const weight = deployment.targetServiceRevision?.requestedProductionTrafficWeight ?? 0
  if (weight > 0 && weight < 100) {
    await smoke(url)
    await smoke(url, { test: true })
    tried.add('canary')
  }
  if (lifecycleStage === 'BAKE_TIME') requireTried(tried)
}

function requireTried(tried: Trying['tried']): void {
  if (!tried.has('test')) throw new Failure('It did not pause for the test listener to be tried.')
  if (!tried.has('canary')) throw new Failure('No part of the traffic was moved before all of it was.')
}

function judgeEnd({ status, statusReason }: Deployment, { canary }: Watch, tried: Trying['tried']): true {
  if (status !== 'SUCCESSFUL') throw new Failure(`ECS ended it as ${status}: ${statusReason ?? 'no reason given'}.`)
  if (canary) requireTried(tried)
  return true
}

/** What became of it, in words. */
export async function rollBack(arn: string): Promise<string> {
  const { status } = await describeDeployment(arn)
  if (status === 'SUCCESSFUL') return 'It had ended already: roll it back by `rollback.ts --mode release`.'
  if (status === 'PENDING' || status === 'IN_PROGRESS') await stopDeployment(arn)
  const ended = await waitFor(
    async () => {
      const deployment = await describeDeployment(arn)
      return isOngoing(deployment) ? undefined : deployment
    },
    { minutes: ROLLBACK_LIMIT, otherwise: `The rollback of ${arn} did not end` },
  )
  if (ended.status === 'ROLLBACK_SUCCESSFUL') return 'It was rolled back: what ran before runs.'
  throw new Failure(`It ended as ${ended.status}: ${ended.statusReason ?? 'no reason given'}. Look at the service now.`)
}

/** Minutes in which tasks of what ran before may come up again. */
const ROLLBACK_LIMIT = 20

function isPause({ targetType, status }: Deployment['lifecycleHookDetails'][number]): boolean {
  return targetType === 'PAUSE' && status === 'AWAITING_ACTION'
}

function describe({ status, lifecycleStage, targetServiceRevision }: Deployment): string {
  const weight = targetServiceRevision?.requestedProductionTrafficWeight
  return [status, lifecycleStage, weight !== undefined && `${weight} % of the traffic`].filter(Boolean).join(', ')
}

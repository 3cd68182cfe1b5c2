import type { DeployService, DeployTarget } from 'infra'
import { z } from 'zod'
import { aws } from './aws.ts'
import { deploymentOrder } from './changes.ts'
import { Failure, messageOf } from './failure.ts'
import type { Environment } from './input.ts'
import { rollBackOngoing } from './rollback-ongoing.ts'
import { rollBackRelease, servicesOfLastRelease } from './rollback.ts'
import { readTarget, serviceOf } from './target.ts'
import { untilToldToStop } from './waiting.ts'

export const Mode = z.enum(['in-flight', 'bake', 'release']).meta({
  example:
    'in-flight: it is being deployed; bake: all traffic is on it, the old one stands by; release: it is complete',
})

export interface TakingBack {
  environment: Environment
  mode: z.infer<typeof Mode>
  /** One module; without it all that the last release brought, or all that is being deployed. */
  service?: string | undefined
  /** Minutes for one ECS service. */
  timeLimit: number
}

/** Back to what ran before, in one of three ways. The alert topic is told how it went; else it is answered why it was not. */
export async function takeBack({ environment, mode, service, timeLimit }: TakingBack): Promise<string | undefined> {
  const target = await readTarget(environment)
  const what = `Rollback (${mode}) of ${service ?? 'all services'} in ${environment}`
  const options = { target, timeLimit, signal: untilToldToStop() }
  const goBack = async () => {
    const all = service === undefined ? target.services.map(({ module }) => module) : [service]
    if (mode !== 'release') return rollBackOngoing(await publishersFirst(target, all), mode, options)
    const touched = service === undefined ? await servicesOfLastRelease(environment, target) : all
    return rollBackRelease(environment, await publishersFirst(target, touched), options)
  }
  const lines = await goBack().catch(async (error: unknown) => {
    const untold = await tell(target, `${what}: FAILED`, messageOf(error))
    throw untold ? new Failure(`${messageOf(error)}\n${untold}`) : error
  })
  return tell(target, `${what}: done`, lines.join('\n'))
}

/** The other way round than they were deployed: nothing is said that nobody listens to any more. */
async function publishersFirst(target: DeployTarget, modules: readonly string[]): Promise<DeployService[]> {
  return (await deploymentOrder(modules, undefined)).reverse().map((module) => serviceOf(target, module))
}

/** Why nobody could be told, where that is so. What happened is in the log in any case. */
async function tell({ alertTopic }: DeployTarget, subject: string, message: string): Promise<string | undefined> {
  console.log(`${subject}\n${message}`)
  const text = ['--subject', subject.slice(0, 100), '--message', message || subject]
  try {
    await aws(['sns', 'publish', '--topic-arn', alertTopic, ...text], z.object({ MessageId: z.string() }))
    return undefined
  } catch (error) {
    return `The alert topic could not be told: ${messageOf(error)}`
  }
}

import type { DeployService, DeployTarget } from 'infra'
import { z } from 'zod'
import { aws } from './aws.ts'
import { deploymentOrder } from './changes.ts'
import { messageOf } from './failure.ts'
import type { Environment } from './input.ts'
import { rollBackOngoing, rollBackRelease, servicesOfLastRelease } from './rollback.ts'
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

/** Back to what ran before, in one of three ways. The alert topic is told how it went. */
export async function takeBack({ environment, mode, service, timeLimit }: TakingBack): Promise<void> {
  const target = await readTarget(environment)
  const what = `Rollback (${mode}) of ${service ?? 'all services'} in ${environment}`
  const options = { target, timeLimit, signal: untilToldToStop() }
  try {
    const all = service === undefined ? target.services.map(({ module }) => module) : [service]
    const lines =
      mode === 'release'
        ? await rollBackRelease(
            environment,
            await publishersFirst(target, service ? all : await servicesOfLastRelease(environment, target)),
            options,
          )
        : await rollBackOngoing(await publishersFirst(target, all), mode, options)
    await tell(target, `${what}: done`, lines.join('\n'))
  } catch (error) {
    await tell(target, `${what}: FAILED`, messageOf(error))
    throw error
  }
}

/** The other way round than they were deployed: nothing is said that nobody listens to any more. */
async function publishersFirst(target: DeployTarget, modules: readonly string[]): Promise<DeployService[]> {
  return (await deploymentOrder(modules, undefined)).reverse().map((module) => serviceOf(target, module))
}

async function tell({ alertTopic }: DeployTarget, subject: string, message: string): Promise<void> {
  console.log(`${subject}\n${message}`)
  const text = ['--subject', subject.slice(0, 100), '--message', message || subject]
  await aws(['sns', 'publish', '--topic-arn', alertTopic, ...text], z.object({ MessageId: z.string() }))
}

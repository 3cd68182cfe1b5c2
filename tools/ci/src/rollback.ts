import type { DeployService, DeployTarget } from 'infra'
import { z } from 'zod'
import { aws } from './deploy/aws.ts'
import { deploymentOrder } from './deploy/changes.ts'
import { command, messageOf } from './deploy/failure.ts'
import { Environment, minutes, readInput } from './deploy/input.ts'
import { rollBackOngoing, rollBackRelease, servicesOfLastRelease } from './deploy/rollback.ts'
import { readTarget, serviceOf } from './deploy/target.ts'
import { untilToldToStop } from './deploy/waiting.ts'

const Mode = z.enum(['in-flight', 'bake', 'release']).meta({
  example:
    'in-flight: it is being deployed; bake: all traffic is on it, the old one stands by; release: it is complete',
})

// node tools/ci/src/rollback.ts --environment production --mode in-flight [--service users]
await command(async () => {
  const { environment, mode, service, timeLimit } = readInput({
    environment: Environment,
    mode: Mode,
    service: z.string().optional(),
    timeLimit: minutes(30),
  })
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
})

/** The other way round than they were deployed: nothing is said that nobody listens to any more. */
async function publishersFirst(target: DeployTarget, modules: readonly string[]): Promise<DeployService[]> {
  return (await deploymentOrder(modules, undefined)).reverse().map((module) => serviceOf(target, module))
}

async function tell({ alertTopic }: DeployTarget, subject: string, message: string): Promise<void> {
  console.log(`${subject}\n${message}`)
  const text = ['--subject', subject.slice(0, 100), '--message', message || subject]
  await aws(['sns', 'publish', '--topic-arn', alertTopic, ...text], z.object({ MessageId: z.string() }))
}

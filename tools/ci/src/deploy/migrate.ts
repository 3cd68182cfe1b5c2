import type { DeployTarget } from 'infra'
import { z } from 'zod'
import { aws } from './aws.ts'
import { failAfter, Failure } from './failure.ts'
import { logOf, requireSuccess, startTask, waitForTask, type StoppedTask, type Waiting } from './one-off.ts'
import type { Plan, Planned } from './plan.ts'
import { serviceOf } from './target.ts'
import { registerRelease } from './task-definition.ts'

export interface MigrateOptions {
  /** How long one module's migration may take. */
  timeLimit: number
  signal: AbortSignal
}

/** Migrates the module of each service that gets another version, one after the other; the first failure ends it. */
export async function migrateAll(plan: Plan, target: DeployTarget, options: MigrateOptions): Promise<void> {
  for (const planned of plan.deploy) {
    console.log(`${planned.module}: migrating`)
    await migrateModule(planned, { commit: plan.commit, target, ...options })
    console.log(`${planned.module}: migrated`)
  }
}

interface Run extends MigrateOptions {
  commit: string
  target: DeployTarget
}

/** A task of the new image that runs `migrate` and ends. */
async function migrateModule({ module, hash, digest }: Planned, { commit, target, ...options }: Run): Promise<void> {
  if (!digest) throw new Failure(`The plan has no image of ${module}: images.ts or promote.ts adds its digest.`)
  const { repository, migrate } = serviceOf(target, module)
  const { family, subnets, securityGroups } = migrate
  const network = { awsvpcConfiguration: { subnets, securityGroups, assignPublicIp: 'DISABLED' } }
  const definition = await registerRelease(family, { repository, digest, commit, hash })
  const [what, { cluster }] = [`The migration of ${module}`, target]
  const startedBy = `deploy-${commit.slice(0, 12)}`
  const arn = await startTask({ what, cluster, definition, network, startedBy })
  try {
    requireSuccess(await waitOrStop(arn, { what, cluster, ...options }), what)
  } finally {
    for (const line of await logOf(arn, { what, definition })) console.log(`  ${module} | ${line}`)
  }
}

/** What is not waited for does not go on either: each file is one transaction, or can be repeated. */
async function waitOrStop(arn: string, waiting: Waiting): Promise<StoppedTask> {
  try {
    return await waitForTask(arn, waiting)
  } catch (error) {
    return failAfter(error, async () => {
      const why = ['--reason', 'nobody waits for it']
      await aws(['ecs', 'stop-task', '--cluster', waiting.cluster, '--task', arn, ...why], z.object({}))
      return 'It was told to end.'
    })
  }
}

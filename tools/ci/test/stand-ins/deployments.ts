import type { Deployment, Service, Step, World } from './world.ts'

/** The stages that a service's deployment goes through, as ECS documents them; each look is a step further. */
export function stepsOf(name: string, { configuration }: Service, world: World): Step[] {
  const { without = [], rings } = world.courses[name] ?? {}
  if (configuration.strategy === 'ROLLING')
    return ring([{ stage: 'SCALE_UP' }, { stage: 'SCALE_UP' }, { stage: 'CLEAN_UP' }], rings)
  const hooks = (configuration.lifecycleHooks ?? []) as { lifecycleStages: string[] }[]
  const pauses = hooks.some(({ lifecycleStages }) => lifecycleStages.includes('POST_TEST_TRAFFIC_SHIFT'))
  const canary = configuration.strategy === 'CANARY' && !without.includes('canary')
  const steps: Step[] = [
    { stage: 'SCALE_UP', weight: 0 },
    { stage: 'TEST_TRAFFIC_SHIFT', weight: 0 },
    { stage: 'POST_TEST_TRAFFIC_SHIFT', weight: 0, pause: pauses && !without.includes('pause') },
    ...(canary ? [10, 10] : []).map((weight) => ({ stage: 'PRODUCTION_TRAFFIC_SHIFT', weight })),
    { stage: 'POST_PRODUCTION_TRAFFIC_SHIFT', weight: 100 },
    // Long enough to be looked at, and for somebody to do something about it.
    ...(configuration.bakeTimeInMinutes ? [1, 2, 3] : []).map(() => ({ stage: 'BAKE_TIME', weight: 100 })),
    { stage: 'CLEAN_UP', weight: 100 },
  ]
  return ring(steps, rings)
}

function ring(steps: Step[], rings: { alarm: string; at: string } | undefined): Step[] {
  return steps.map((step) => (rings && rings.at === step.stage ? { ...step, alarm: rings.alarm } : step))
}

/** What ECS has done since somebody last looked. */
export function advance(deployment: Deployment, world: World): void {
  const { failsAt, hangsAt, stuck, lingers } = world.courses[deployment.service] ?? {}
  if (deployment.status === 'PENDING') {
    deployment.status = 'IN_PROGRESS'
  } else if (deployment.status === 'ROLLBACK_REQUESTED') {
    deployment.status = 'ROLLBACK_IN_PROGRESS'
  } else if (deployment.status === 'ROLLBACK_IN_PROGRESS') {
    if (lingers || waitsInVain(deployment, deployment.from, world)) return
    deployment.status = stuck ? 'ROLLBACK_FAILED' : 'ROLLBACK_SUCCESSFUL'
    if (!stuck) (world.services[deployment.service] as Service).taskDefinition = deployment.from
  } else if (deployment.status === 'IN_PROGRESS') {
    const step = deployment.steps[deployment.at]
    if (failsAt !== undefined && step?.stage === failsAt) {
      deployment.status = 'ROLLBACK_IN_PROGRESS'
      deployment.reason = 'ECS deployment circuit breaker: tasks failed to start.'
    } else if (waitsInVain(deployment, deployment.to, world)) {
      return
    } else if (step?.pause !== true && (hangsAt === undefined || step?.stage !== hangsAt)) {
      if (++deployment.at === deployment.steps.length) deployment.status = 'SUCCESSFUL'
    }
  }
  const alarm = deployment.status === 'IN_PROGRESS' ? deployment.steps[deployment.at]?.alarm : undefined
  if (alarm) world.alarms[alarm] = 'ALARM'
}

/** For tasks of what Pulumi made: no image has the tag that is in there. */
function waitsInVain({ service }: Deployment, taskDefinition: string, { families, services }: World): boolean {
  const found = Object.values(families)
    .flat()
    .find(({ arn }) => arn === taskDefinition)
  const imageless = found?.shape.containerDefinitions.some(({ image }) => image.endsWith(':set-by-deployment'))
  return imageless === true && (services[service]?.desiredCount ?? 0) > 0
}

/** As DescribeServiceDeployments answers. */
export function describe(deployment: Deployment): Record<string, unknown> {
  const step = deployment.steps[Math.min(deployment.at, deployment.steps.length - 1)]
  const paused = deployment.status === 'IN_PROGRESS' && step?.pause === true
  return {
    serviceDeploymentArn: deployment.arn,
    status: deployment.status,
    ...(deployment.reason && { statusReason: deployment.reason }),
    ...(step?.stage && { lifecycleStage: step.stage }),
    sourceServiceRevisions: [{ arn: revisionArn(deployment.from) }],
    targetServiceRevision: {
      arn: revisionArn(deployment.to),
      ...(step?.weight !== undefined && { requestedProductionTrafficWeight: step.weight }),
    },
    lifecycleHookDetails: paused
      ? [
          {
            hookId: `ecs-pause-${deployment.createdAt}`,
            targetType: 'PAUSE',
            status: 'AWAITING_ACTION',
            timeoutAction: 'ROLLBACK',
          },
        ]
      : [],
  }
}

/** One for each task definition: nothing else of a revision is of interest here. */
export function revisionArn(taskDefinition: string): string {
  return taskDefinition.replace(':task-definition/', ':service-revision/')
}

export function taskDefinitionOf(revision: string): string {
  return revision.replace(':service-revision/', ':task-definition/')
}

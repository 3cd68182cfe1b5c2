import * as aws from '@pulumi/aws'
import type * as pulumi from '@pulumi/pulumi'
import type { Scaling } from './catalogue.ts'
import type { Settings } from './settings.ts'
import { tasksOf } from './sizing.ts'

/** Seconds. Quick to add, slow to take away: what was added is needed again in a minute, more often than not. */
export const cooldowns = { scaleOutCooldown: 60, scaleInCooldown: 300 }

/** Per cent of the task's memory, on average, that is aimed at. */
const MEMORY = 75

export interface ScalingOptions {
  settings: Settings
  module: string
  scaling: Scaling
  /** The ECS service, which carries the name that AWS scales it by. */
  service: aws.ecs.Service
  parent: pulumi.Resource
}

type Kind = Omit<aws.appautoscaling.PolicyArgs, 'name' | 'resourceId' | 'scalableDimension' | 'serviceNamespace'>

/**
 * Lets a service have between its least and its most tasks, by CPU and memory. AWS adds after three minutes above the aim
 * and removes after fifteen below it; "two minutes", as an older document has it, target tracking does not offer.
 * Returns how to add another reason.
 */
export function scale(name: string, { settings, scaling, service, parent }: ScalingOptions) {
  const { min, max } = tasksOf(scaling, settings)
  const scaled = {
    serviceNamespace: 'ecs',
    scalableDimension: 'ecs:service:DesiredCount',
    resourceId: `service/${settings.name}/${name}`,
  }
  const target = new aws.appautoscaling.Target(
    name,
    { ...scaled, minCapacity: min, maxCapacity: max },
    { parent, dependsOn: [service] },
  )
  const addPolicy = (reason: string, kind: Kind) =>
    new aws.appautoscaling.Policy(
      `${name}-${reason}`,
      { name: `${settings.name}-${name}-${reason}`, ...scaled, ...kind },
      { parent, dependsOn: [target] },
    )
  const track = (reason: string, predefinedMetricType: string, targetValue: number) =>
    addPolicy(reason, {
      policyType: 'TargetTrackingScaling',
      targetTrackingScalingPolicyConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType },
        targetValue,
        ...cooldowns,
      },
    })
  track('cpu', 'ECSServiceAverageCPUUtilization', scaling.cpu)
  track('memory', 'ECSServiceAverageMemoryUtilization', MEMORY)
  return addPolicy
}

import * as aws from '@pulumi/aws'
import { cooldowns, scale, type ScalingOptions } from './autoscaling.ts'
import { forScaling, queueMetric, serviceMetric } from './metrics.ts'

/** Jobs that wait, for each worker, which is aimed at. */
const BACKLOG_PER_TASK = 100

/** Adds and removes workers: by CPU, by memory and by what waits for each of them. */
export function scaleByQueue(options: ScalingOptions): void {
  const { settings, module, scaling, parent } = options
  const name = `${module}-worker`
  const addPolicy = scale(name, options)
  if (scaling.queueDepth === undefined) return

  const depth = queueMetric(settings, module, 'QueueDepth')
  const tasks = serviceMetric(settings, name, { metricName: 'RunningTaskCount', stat: 'Average' })
  addPolicy('backlog', {
    policyType: 'TargetTrackingScaling',
    targetTrackingScalingPolicyConfiguration: {
      targetValue: BACKLOG_PER_TASK,
      ...cooldowns,
      customizedMetricSpecification: {
        metrics: [
          forScaling('depth', depth),
          forScaling('tasks', tasks),
          // Without a depth there is no answer, and without an answer nobody is taken away.
          { id: 'backlog', expression: 'depth / tasks', returnData: true },
        ],
      },
    },
  })

  const step = addPolicy('depth', {
    policyType: 'StepScaling',
    stepScalingPolicyConfiguration: {
      adjustmentType: 'PercentChangeInCapacity',
      minAdjustmentMagnitude: 1,
      metricAggregationType: 'Maximum',
      cooldown: cooldowns.scaleOutCooldown,
      stepAdjustments: [{ metricIntervalLowerBound: '0', scalingAdjustment: 25 }],
    },
  })
  const { namespace, metricName, stat, dimensions } = depth
  new aws.cloudwatch.MetricAlarm(
    `${name}-scale-depth`,
    {
      name: `${settings.name}-${name}-scale-depth`,
      alarmDescription: `More than ${scaling.queueDepth} jobs wait for ${module}: adds workers.`,
      comparisonOperator: 'GreaterThanThreshold',
      threshold: scaling.queueDepth,
      evaluationPeriods: 2,
      period: 60,
      namespace,
      metricName,
      statistic: stat,
      dimensions,
      treatMissingData: 'notBreaching',
      alarmActions: [step.arn],
    },
    { parent },
  )
}

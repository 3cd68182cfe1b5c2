import * as aws from '@pulumi/aws'
import { cooldowns, scale, type ScalingOptions } from './autoscaling.ts'
import { forAlarm, forScaling, trafficMetrics, type Traffic } from './metrics.ts'

/**
 * Requests a minute that one task is to have. While a deployment has its new tasks beside the old ones the average of
 * the CPU halves; this number does not, as the group without traffic adds nothing to it.
 */
const REQUESTS_PER_TASK = 6_000

/** Adds and removes tasks that answer: by CPU, by memory, by requests and, where the catalogue says so, by how long they take. */
export function scaleByTraffic(traffic: Traffic, options: ScalingOptions): void {
  const { settings, module, scaling, parent } = options
  const name = `${module}-http`
  const addPolicy = scale(name, options)

  const requests = trafficMetrics(traffic, 'RequestCountPerTarget', 'Sum')
  addPolicy('requests', {
    policyType: 'TargetTrackingScaling',
    targetTrackingScalingPolicyConfiguration: {
      targetValue: REQUESTS_PER_TASK,
      ...cooldowns,
      customizedMetricSpecification: {
        metrics: [
          forScaling('blue', requests.blue),
          forScaling('green', requests.green),
          { id: 'requests', expression: 'FILL(blue, 0) + FILL(green, 0)', returnData: true },
        ],
      },
    },
  })
  if (scaling.latencyP95Seconds === undefined) return

  // Twice as many tasks do not answer twice as fast, so nothing is aimed at: while it is slow a quarter more are added.
  const step = addPolicy('latency', {
    policyType: 'StepScaling',
    stepScalingPolicyConfiguration: {
      adjustmentType: 'PercentChangeInCapacity',
      minAdjustmentMagnitude: 1,
      metricAggregationType: 'Maximum',
      cooldown: cooldowns.scaleOutCooldown,
      stepAdjustments: [{ metricIntervalLowerBound: '0', scalingAdjustment: 25 }],
    },
  })
  const latency = trafficMetrics(traffic, 'TargetResponseTime', 'p95')
  new aws.cloudwatch.MetricAlarm(
    `${name}-scale-latency`,
    {
      name: `${settings.name}-${name}-scale-latency`,
      alarmDescription: `One of 20 requests to ${module} takes longer than ${scaling.latencyP95Seconds} s: adds tasks.`,
      comparisonOperator: 'GreaterThanThreshold',
      threshold: scaling.latencyP95Seconds,
      evaluationPeriods: 2,
      treatMissingData: 'notBreaching',
      metricQueries: [
        forAlarm('blue', latency.blue),
        forAlarm('green', latency.green),
        { id: 'slower', expression: 'MAX([FILL(blue, 0), FILL(green, 0)])', label: 'p95', returnData: true },
      ],
      alarmActions: [step.arn],
    },
    { parent },
  )
}

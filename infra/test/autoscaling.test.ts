import { beforeAll, describe, expect, it } from 'vitest'
import type { Environment } from '../src/settings.ts'
import { arnOf, recordGraph, type Graph } from './graph.ts'
import { accounts, modules } from './support.ts'

const POLICY = 'aws:appautoscaling/policy:Policy'

const graphs = {} as Record<Environment, Graph>
beforeAll(async () => {
  graphs.staging = await recordGraph('staging')
  graphs.production = await recordGraph('production')
})

const inBoth = ['staging', 'production'] as const
const trackingOf = (stack: Environment, name: string) =>
  graphs[stack].get(POLICY, name).inputs.targetTrackingScalingPolicyConfiguration

describe('the number of tasks', () => {
  const limits = (stack: Environment) =>
    Object.fromEntries(
      graphs[stack]
        .find('aws:appautoscaling/target:Target')
        .map(({ name, inputs }) => [name, [inputs.minCapacity, inputs.maxCapacity]]),
    )

  it('is in production at least one for each zone of what answers, and two of what works', () => {
    // Of what the specification names; modules that were added since say it in the catalogue alone.
    expect(limits('production')).toMatchObject({
      'auth-http': [3, 10],
      'auth-worker': [2, 4],
      'users-http': [3, 15],
      'users-worker': [2, 4],
      'billing-http': [3, 10],
      'billing-worker': [2, 4],
      'notifications-http': [3, 10],
      'notifications-worker': [2, 12],
    })
  })

  it('is one or two in staging', () => {
    const services = modules.flatMap((module) => [`${module}-http`, `${module}-worker`])
    expect(limits('staging')).toEqual(Object.fromEntries(services.map((service) => [service, [1, 2]])))
  })

  it.each(inBoth)('is in %s that of the ECS service', (stack) => {
    for (const { name, inputs } of graphs[stack].find('aws:appautoscaling/target:Target'))
      expect(inputs).toMatchObject({
        serviceNamespace: 'ecs',
        scalableDimension: 'ecs:service:DesiredCount',
        resourceId: `service/lightpress-${stack}/${name}`,
      })
  })
})

describe('tasks are added', () => {
  it.each(inBoth)('in %s for CPU, at the share that the catalogue says, and for memory', (stack) => {
    const cpu = { auth: 70, users: 65, billing: 70, notifications: 70 }
    for (const [module, aim] of Object.entries(cpu)) {
      expect(trackingOf(stack, `${module}-http-cpu`)).toEqual({
        predefinedMetricSpecification: { predefinedMetricType: 'ECSServiceAverageCPUUtilization' },
        targetValue: aim,
        scaleOutCooldown: 60,
        scaleInCooldown: 300,
      })
      expect(trackingOf(stack, `${module}-worker-cpu`).targetValue).toBe(70)
      for (const kind of ['http', 'worker'])
        expect(trackingOf(stack, `${module}-${kind}-memory`)).toMatchObject({
          predefinedMetricSpecification: { predefinedMetricType: 'ECSServiceAverageMemoryUtilization' },
          targetValue: 75,
        })
    }
  })

  it.each(inBoth)('in %s for requests, whichever target group has them', (stack) => {
    for (const module of modules) {
      const { targetValue, customizedMetricSpecification } = trackingOf(stack, `${module}-http-requests`)
      const requests = (colour: string) => ({
        id: colour,
        returnData: false,
        metricStat: {
          stat: 'Sum',
          metric: {
            namespace: 'AWS/ApplicationELB',
            metricName: 'RequestCountPerTarget',
            dimensions: [
              { name: 'LoadBalancer', value: 'app/public' },
              { name: 'TargetGroup', value: `targetgroup/${module}-${colour}` },
            ],
          },
        },
      })
      expect(targetValue).toBe(6_000)
      expect(customizedMetricSpecification.metrics).toEqual([
        requests('blue'),
        requests('green'),
        { id: 'requests', expression: 'FILL(blue, 0) + FILL(green, 0)', returnData: true },
      ])
    }
  })

  it.each(inBoth)('in %s to users when one request of twenty takes longer than a second, twice in a row', (stack) => {
    const slow = graphs[stack].get('aws:cloudwatch/metricAlarm:MetricAlarm', 'users-http-scale-latency').inputs
    expect(slow).toMatchObject({ threshold: 1, comparisonOperator: 'GreaterThanThreshold', evaluationPeriods: 2 })
    expect(slow.alarmActions).toEqual([arnOf(POLICY, 'users-http-latency', accounts[stack])])
    expect(slow.metricQueries[0].metric).toEqual({
      namespace: 'AWS/ApplicationELB',
      metricName: 'TargetResponseTime',
      stat: 'p95',
      period: 60,
      dimensions: { LoadBalancer: 'app/public', TargetGroup: 'targetgroup/users-blue' },
    })
    expect(graphs[stack].get(POLICY, 'users-http-latency').inputs).toMatchObject({
      policyType: 'StepScaling',
      stepScalingPolicyConfiguration: {
        adjustmentType: 'PercentChangeInCapacity',
        minAdjustmentMagnitude: 1,
        stepAdjustments: [{ metricIntervalLowerBound: '0', scalingAdjustment: 25 }],
      },
    })
    const others = graphs[stack].find(POLICY).filter(({ name }) => name.endsWith('-latency'))
    expect(others.map(({ name }) => name)).toEqual(['users-http-latency'])
  })

  it.each(inBoth)('in %s behind the queues for what waits for each of them, and at once at more than 500', (stack) => {
    for (const module of modules) {
      const { targetValue, customizedMetricSpecification } = trackingOf(stack, `${module}-worker-backlog`)
      const queue = { Env: stack, Queue: module }
      expect(targetValue).toBe(100)
      expect(customizedMetricSpecification.metrics).toEqual([
        {
          id: 'depth',
          returnData: false,
          metricStat: {
            stat: 'Maximum',
            metric: {
              namespace: 'Lightpress/Queues',
              metricName: 'QueueDepth',
              dimensions: Object.entries(queue).map(([name, value]) => ({ name, value })),
            },
          },
        },
        {
          id: 'tasks',
          returnData: false,
          metricStat: {
            stat: 'Average',
            metric: {
              namespace: 'ECS/ContainerInsights',
              metricName: 'RunningTaskCount',
              dimensions: [
                { name: 'ClusterName', value: `lightpress-${stack}` },
                { name: 'ServiceName', value: `${module}-worker` },
              ],
            },
          },
        },
        // No FILL: where nobody counts, nobody is taken away.
        { id: 'backlog', expression: 'depth / tasks', returnData: true },
      ])
      const deep = graphs[stack].get('aws:cloudwatch/metricAlarm:MetricAlarm', `${module}-worker-scale-depth`).inputs
      expect(deep).toMatchObject({
        namespace: 'Lightpress/Queues',
        metricName: 'QueueDepth',
        dimensions: queue,
        statistic: 'Maximum',
        threshold: 500,
        comparisonOperator: 'GreaterThanThreshold',
        alarmActions: [arnOf(POLICY, `${module}-worker-depth`, accounts[stack])],
      })
    }
  })

  it('by rules that both environments have', () => {
    const names = (stack: Environment) =>
      graphs[stack]
        .find(POLICY)
        .map(({ name }) => name)
        .sort()
    expect(names('staging')).toEqual(names('production'))
    expect(names('production')).toHaveLength(modules.length * (3 + 4) + 1)
  })
})

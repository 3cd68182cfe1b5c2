import type * as pulumi from '@pulumi/pulumi'
import type { Settings } from './settings.ts'

/** A number that CloudWatch keeps. */
export interface Metric {
  namespace: string
  metricName: string
  /** `Average`, `Sum`, `Maximum`, `p95` … of a minute. */
  stat: string
  dimensions: Record<string, pulumi.Input<string>>
}

/** How the load balancer's metrics know one service: it has two target groups, between which deployments move its traffic. */
export interface Traffic {
  loadBalancer: pulumi.Input<string>
  blue: pulumi.Input<string>
  green: pulumi.Input<string>
}

/** A number of one service, once for each of its target groups. The group without traffic says 0, or nothing. */
export function trafficMetrics({ loadBalancer, blue, green }: Traffic, metricName: string, stat: string) {
  const of = (TargetGroup: pulumi.Input<string>): Metric => ({
    namespace: 'AWS/ApplicationELB',
    metricName,
    stat,
    dimensions: { LoadBalancer: loadBalancer, TargetGroup },
  })
  return { blue: of(blue), green: of(green) }
}

/** A number of an ECS service, of Container Insights or of ECS itself. */
export function serviceMetric(
  { name }: Settings,
  service: string,
  metric: Pick<Metric, 'metricName' | 'stat'>,
): Metric {
  const own = ['CPUUtilization', 'MemoryUtilization'].includes(metric.metricName)
  return {
    namespace: own ? 'AWS/ECS' : 'ECS/ContainerInsights',
    ...metric,
    dimensions: { ClusterName: name, ServiceName: service },
  }
}

/**
 * What workers write of their module's queues every minute, as lines in CloudWatch's embedded metric format
 * (`METRICS_EMF`). Each of them says the same number, of the whole queue: hence the maximum, never the sum.
 */
export function queueMetric({ environment }: Settings, module: string, metricName: QueueMetric): Metric {
  return {
    namespace: 'Lightpress/Queues',
    metricName,
    stat: 'Maximum',
    dimensions: { Env: environment, Queue: module },
  }
}

/** Jobs that wait (due ones); those given up, which only a person brings back; the age of the oldest unsent outbox row. */
export type QueueMetric = 'QueueDepth' | 'DeadLetters' | 'OldestOutboxSeconds'

/** Lines of level error and above that a module's processes wrote, counted out of their log group. */
export function errorMetric({ name }: Settings, module: string): Metric {
  return { namespace: 'Lightpress/Logs', metricName: `${name}-${module}-errors`, stat: 'Sum', dimensions: {} }
}

/** As Application Auto Scaling wants it. */
export function forScaling(id: string, { namespace, metricName, stat, dimensions }: Metric) {
  const list = Object.entries(dimensions).map(([name, value]) => ({ name, value }))
  return { id, returnData: false, metricStat: { stat, metric: { namespace, metricName, dimensions: list } } }
}

/** As an alarm over an expression wants it. */
export function forAlarm(id: string, metric: Metric) {
  return { id, returnData: false, metric: { ...metric, period: 60 } }
}

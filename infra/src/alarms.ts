import type * as pulumi from '@pulumi/pulumi'
import type { Service } from './catalogue.ts'
import { errorMetric, queueMetric, serviceMetric, trafficMetrics, type Metric, type Traffic } from './metrics.ts'
import type { Settings } from './settings.ts'
import { sizing } from './sizing.ts'

export interface Alarm {
  /** After `lightpress-<environment>-`. */
  name: string
  /** `critical` wakes somebody; a `warning` is read in the morning. */
  severity: 'critical' | 'warning'
  /** What it means: whoever is woken reads this first. */
  description: string
  /** Where to look and what to do: a page of docs/operations, which the message names. */
  page: string
  /** One metric, or an expression over several by their ids. */
  of: Metric | { expression: string; over: Record<string, Metric> }
  above?: number
  below?: number
  /** For so many minutes in a row. */
  minutes: number
  /** What it means that there is no number: nothing to count, which is well, or nobody who counts. */
  silence: 'notBreaching' | 'breaching' | 'missing'
  /** The module in whose deployment it must not ring. */
  guards?: string
}

/**
 * What is watched of one module. Both target groups are looked at each by itself, and the worse one counts: a new version
 * that fails with a tenth of the requests would hide in the sum.
 */
export function serviceAlarms({ module }: Service, traffic: Traffic, settings: Settings): Alarm[] {
  const errors = trafficMetrics(traffic, 'HTTPCode_Target_5XX_Count', 'Sum')
  const requests = trafficMetrics(traffic, 'RequestCount', 'Sum')
  const latency = trafficMetrics(traffic, 'TargetResponseTime', 'p95')
  const healthy = trafficMetrics(traffic, 'HealthyHostCount', 'Minimum')
  const unhealthy = trafficMetrics(traffic, 'UnHealthyHostCount', 'Maximum')
  // Three of five requests at night are no reason to wake anybody.
  const rate = (colour: string) =>
    `IF(FILL(${colour}Requests, 0) > 20, 100 * FILL(${colour}Errors, 0) / ${colour}Requests, 0)`
  return [
    {
      name: `${module}-http-errors`,
      severity: 'critical',
      description: `More than 5 % of the requests to ${module} end with a status of 500 or above.`,
      page: 'service-failing.md',
      of: {
        expression: `MAX([${rate('blue')}, ${rate('green')}])`,
        over: {
          blueErrors: errors.blue,
          greenErrors: errors.green,
          blueRequests: requests.blue,
          greenRequests: requests.green,
        },
      },
      above: 5,
      minutes: 2,
      silence: 'notBreaching',
      guards: module,
    },
    {
      name: `${module}-http-latency`,
      severity: 'warning',
      description: `One of 20 requests to ${module} takes longer than 2 s.`,
      page: 'service-failing.md',
      of: worst(latency),
      above: 2,
      minutes: 3,
      silence: 'notBreaching',
      guards: module,
    },
    {
      name: `${module}-http-unhealthy`,
      severity: 'warning',
      description: `A task of ${module} does not say that it is ready, or is not reached by the load balancer.`,
      page: 'service-failing.md',
      of: worst(unhealthy),
      above: 0,
      minutes: 3,
      silence: 'notBreaching',
      guards: module,
    },
    {
      name: `${module}-http-nobody`,
      severity: 'critical',
      description: `No task of ${module} takes requests.`,
      page: 'service-failing.md',
      of: { expression: 'FILL(blue, 0) + FILL(green, 0)', over: healthy },
      below: 1,
      minutes: 2,
      silence: 'breaching',
    },
    {
      name: `${module}-worker-nobody`,
      severity: 'critical',
      description: `No worker of ${module} runs: its events, jobs and schedules wait.`,
      page: 'service-failing.md',
      of: serviceMetric(settings, `${module}-worker`, { metricName: 'RunningTaskCount', stat: 'Minimum' }),
      below: 1,
      minutes: 5,
      silence: 'breaching',
    },
    {
      name: `${module}-errors`,
      severity: 'warning',
      description: `${module} logs errors, and not just one: see its log group. Of notifications: mail that is refused or late.`,
      page: 'service-failing.md',
      of: errorMetric(settings, module),
      above: 5,
      minutes: 5,
      silence: 'notBreaching',
      guards: module,
    },
    ...['http', 'worker'].flatMap((kind) => taskAlarms(`${module}-${kind}`, settings)),
    ...backlogAlarms(module, settings),
  ]
}

function taskAlarms(service: string, settings: Settings): Alarm[] {
  return (['CPU', 'Memory'] as const).map((what) => ({
    name: `${service}-${what.toLowerCase()}`,
    severity: 'warning',
    description: `${service} uses more than 90 % of its ${what === 'CPU' ? 'CPU' : 'memory'}, with as many tasks as it may have, or more than can be added quickly.`,
    page: 'service-failing.md',
    of: serviceMetric(settings, service, { metricName: `${what}Utilization`, stat: 'Average' }),
    above: 90,
    minutes: 10,
    silence: 'notBreaching',
  }))
}

function backlogAlarms(module: string, settings: Settings): Alarm[] {
  return [
    {
      name: `${module}-queue-depth`,
      severity: 'warning',
      description: `More than 2000 jobs wait for ${module} and do not become fewer: are its workers at their maximum?`,
      page: 'poisoned-queue.md',
      of: queueMetric(settings, module, 'QueueDepth'),
      above: 2_000,
      minutes: 15,
      silence: 'missing',
    },
    {
      name: `${module}-dead-letters`,
      severity: 'warning',
      description: `${module} gave something up after ten attempts. Mend the cause, then replay it.`,
      page: 'replay-dead-letters.md',
      of: queueMetric(settings, module, 'DeadLetters'),
      above: 0,
      minutes: 1,
      silence: 'notBreaching',
    },
    {
      name: `${module}-outbox-stuck`,
      severity: 'critical',
      description: `What ${module} promised has not left its outbox for five minutes: is the queue reached, does the relay run?`,
      page: 'redis-lost.md',
      of: queueMetric(settings, module, 'OldestOutboxSeconds'),
      above: 300,
      minutes: 3,
      silence: 'missing',
    },
  ]
}

export function databaseAlarms(instance: pulumi.Input<string>, { environment }: Settings): Alarm[] {
  const { maxConnections, storage } = sizing[environment].database
  const metric = (metricName: string, stat = 'Average'): Metric => ({
    namespace: 'AWS/RDS',
    metricName,
    stat,
    dimensions: { DBInstanceIdentifier: instance },
  })
  return [
    {
      name: 'database-cpu',
      severity: 'warning',
      description: 'PostgreSQL uses more than 80 % of its CPU. Performance Insights says with which statements.',
      page: 'service-failing.md',
      of: metric('CPUUtilization'),
      above: 80,
      minutes: 10,
      silence: 'missing',
    },
    {
      name: 'database-connections',
      severity: 'critical',
      description: `More than 80 % of PostgreSQL's ${maxConnections} connections are taken: see infra/src/connection-budget.ts.`,
      page: 'service-failing.md',
      of: metric('DatabaseConnections', 'Maximum'),
      above: maxConnections * 0.8,
      minutes: 5,
      silence: 'missing',
    },
    {
      name: 'database-storage',
      severity: 'critical',
      description: 'Less than a tenth of the disk is free, and it does not grow by itself (any more): see maxStorage.',
      page: 'infrastructure.md',
      of: metric('FreeStorageSpace', 'Minimum'),
      below: storage * 0.1 * GIGABYTE,
      minutes: 15,
      silence: 'missing',
    },
    {
      name: 'database-memory',
      severity: 'warning',
      description: 'PostgreSQL has less than 256 MB of memory left.',
      page: 'infrastructure.md',
      of: metric('FreeableMemory', 'Minimum'),
      below: GIGABYTE / 4,
      minutes: 15,
      silence: 'missing',
    },
    {
      // There is no replica to lag but Multi-AZ's own, which is synchronous; a slot that nobody reads is what can lag.
      name: 'database-replication-slot',
      severity: 'critical',
      description: 'A replication slot that nobody reads holds more than 1 GB back, and will fill the disk: drop it.',
      page: 'infrastructure.md',
      of: metric('OldestReplicationSlotLag', 'Maximum'),
      above: GIGABYTE,
      minutes: 5,
      silence: 'notBreaching',
    },
  ]
}

export function queueAlarms(nodes: readonly string[]): Alarm[] {
  return nodes.flatMap((node) => {
    const metric = (metricName: string, stat = 'Maximum'): Metric => ({
      namespace: 'AWS/ElastiCache',
      metricName,
      stat,
      dimensions: { CacheClusterId: node },
    })
    const name = `queue-${node.slice(-3)}`
    return [
      {
        name: `${name}-memory`,
        severity: 'critical',
        description: `${node} has used 80 % of its memory; when it is full writes fail, as nothing may be evicted.`,
        page: 'redis-lost.md',
        of: metric('DatabaseMemoryUsagePercentage'),
        above: 80,
        minutes: 5,
        silence: 'missing',
      },
      {
        name: `${name}-evictions`,
        severity: 'critical',
        description: `${node} threw keys away: its policy is not noeviction, and jobs are lost. The outbox brings them back.`,
        page: 'redis-lost.md',
        of: metric('Evictions', 'Sum'),
        above: 0,
        minutes: 1,
        silence: 'notBreaching',
      },
      {
        name: `${name}-cpu`,
        severity: 'warning',
        description: `${node} uses more than 80 % of the one CPU that it can use.`,
        page: 'redis-lost.md',
        of: metric('EngineCPUUtilization', 'Average'),
        above: 80,
        minutes: 10,
        silence: 'missing',
      },
      {
        name: `${name}-replication`,
        severity: 'warning',
        description: `${node} is more than 5 s behind its primary: were that one lost now, so would be what it took since.`,
        page: 'redis-lost.md',
        of: metric('ReplicationLag'),
        above: 5,
        minutes: 5,
        silence: 'notBreaching',
      },
    ]
  })
}

export interface Entrance {
  /** As in the dimension `LoadBalancer`. */
  loadBalancer: pulumi.Input<string>
  certificateArn: pulumi.Input<string>
  natGatewayIds: readonly pulumi.Input<string>[]
}

/** Days before a certificate's end on which somebody must look. */
export const CERTIFICATE_DAYS = 20

export function entranceAlarms({ loadBalancer, certificateArn, natGatewayIds }: Entrance): Alarm[] {
  return [
    {
      name: 'load-balancer-errors',
      severity: 'critical',
      description: 'The load balancer itself answers with errors: it finds no task, or none that answers in time.',
      page: 'service-failing.md',
      of: {
        namespace: 'AWS/ApplicationELB',
        metricName: 'HTTPCode_ELB_5XX_Count',
        stat: 'Sum',
        dimensions: { LoadBalancer: loadBalancer },
      },
      above: 10,
      minutes: 3,
      silence: 'notBreaching',
    },
    {
      name: 'certificate-expiry',
      severity: 'critical',
      description: `The certificate ends in less than ${CERTIFICATE_DAYS} days, and ACM, which renews it at 60, has not: is its DNS record there?`,
      page: 'infrastructure.md',
      of: {
        namespace: 'AWS/CertificateManager',
        metricName: 'DaysToExpiry',
        stat: 'Minimum',
        dimensions: { CertificateArn: certificateArn },
      },
      below: CERTIFICATE_DAYS,
      minutes: DAY,
      silence: 'notBreaching',
    },
    ...natGatewayIds.map((id, index): Alarm => ({
      name: `nat-${index + 1}-ports`,
      severity: 'warning',
      description: 'The NAT gateway has no port left for another connection to one destination: who opens so many?',
      page: 'infrastructure.md',
      of: {
        namespace: 'AWS/NATGateway',
        metricName: 'ErrorPortAllocation',
        stat: 'Sum',
        dimensions: { NatGatewayId: id },
      },
      above: 0,
      minutes: 5,
      silence: 'notBreaching',
    })),
  ]
}

const GIGABYTE = 1024 ** 3

/** Told once a day: it is looked at once a day. */
export const DAY = 24 * 60

function worst(over: { blue: Metric; green: Metric }) {
  return { expression: 'MAX([FILL(blue, 0), FILL(green, 0)])', over }
}

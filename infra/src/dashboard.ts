import type * as pulumi from '@pulumi/pulumi'
import { catalogue } from './catalogue.ts'
import { errorMetric, queueMetric, serviceMetric, trafficMetrics, type Metric, type Traffic } from './metrics.ts'
import type { Settings } from './settings.ts'

export interface Shown {
  /** As in the dimension `LoadBalancer`. */
  loadBalancer: pulumi.Input<string>
  traffic: (module: string) => Traffic
  database: pulumi.Input<string>
  queueNodes: readonly string[]
}

interface Chart {
  title: string
  /** With the name that each has in the chart. */
  lines: [label: string, Metric][]
}

/** One screen of an environment: what people feel first, then who serves them, then where things are kept. */
export function dashboardBody(settings: Settings, shown: Shown) {
  return { widgets: charts(settings, shown).map((chart, index) => widget(chart, { index, region: settings.region })) }
}

function charts(settings: Settings, { loadBalancer, traffic, database, queueNodes }: Shown): Chart[] {
  const modules = catalogue.map(({ module }) => module)
  const services = modules.flatMap((module) => [`${module}-http`, `${module}-worker`])
  const balancer = (metricName: string, stat: string): Metric => ({
    namespace: 'AWS/ApplicationELB',
    metricName,
    stat,
    dimensions: { LoadBalancer: loadBalancer },
  })
  const rds = (metricName: string): Metric => ({
    namespace: 'AWS/RDS',
    metricName,
    stat: 'Average',
    dimensions: { DBInstanceIdentifier: database },
  })
  const cache = (metricName: string): Chart['lines'] =>
    queueNodes.map((node) => [
      node,
      { namespace: 'AWS/ElastiCache', metricName, stat: 'Maximum', dimensions: { CacheClusterId: node } },
    ])
  const ofServices = (metricName: string): Chart['lines'] =>
    services.map((service) => [service, serviceMetric(settings, service, { metricName, stat: 'Average' })])
  const ofTraffic = (metricName: string, stat: string): Chart['lines'] =>
    modules.flatMap((module) =>
      Object.entries(trafficMetrics(traffic(module), metricName, stat)).map(([colour, metric]): [string, Metric] => [
        `${module} ${colour}`,
        metric,
      ]),
    )
  return [
    {
      title: 'Requests and errors a minute',
      lines: [
        ['requests', balancer('RequestCount', 'Sum')],
        ['5xx of services', balancer('HTTPCode_Target_5XX_Count', 'Sum')],
        ['5xx of the load balancer', balancer('HTTPCode_ELB_5XX_Count', 'Sum')],
      ],
    },
    { title: '95 of 100 requests take less than (s)', lines: ofTraffic('TargetResponseTime', 'p95') },
    { title: 'Requests a minute, by service', lines: ofTraffic('RequestCount', 'Sum') },
    { title: 'Errors in logs', lines: modules.map((module) => [module, errorMetric(settings, module)]) },
    { title: 'Tasks', lines: ofServices('RunningTaskCount') },
    { title: 'CPU of tasks (%)', lines: ofServices('CPUUtilization') },
    { title: 'Memory of tasks (%)', lines: ofServices('MemoryUtilization') },
    { title: 'Jobs that wait', lines: modules.map((module) => [module, queueMetric(settings, module, 'QueueDepth')]) },
    { title: 'Dead letters', lines: modules.map((module) => [module, queueMetric(settings, module, 'DeadLetters')]) },
    {
      title: 'Oldest unsent outbox row (s)',
      lines: modules.map((module) => [module, queueMetric(settings, module, 'OldestOutboxSeconds')]),
    },
    { title: 'PostgreSQL: CPU (%)', lines: [['CPU', rds('CPUUtilization')]] },
    { title: 'PostgreSQL: connections', lines: [['connections', rds('DatabaseConnections')]] },
    { title: 'PostgreSQL: free disk (bytes)', lines: [['free', rds('FreeStorageSpace')]] },
    { title: 'Queues: memory (%)', lines: cache('DatabaseMemoryUsagePercentage') },
    { title: 'Queues: CPU (%)', lines: cache('EngineCPUUtilization') },
  ]
}

/** Three in a row, of the 24 columns that CloudWatch has. */
function widget({ title, lines }: Chart, { index, region }: { index: number; region: string }) {
  const [width, height] = [8, 6]
  return {
    type: 'metric',
    x: (index % 3) * width,
    y: Math.floor(index / 3) * height,
    width,
    height,
    properties: {
      title,
      region,
      view: 'timeSeries',
      period: 60,
      metrics: lines.map(([label, { namespace, metricName, stat, dimensions }]) => [
        namespace,
        metricName,
        ...Object.entries(dimensions).flat(),
        { label, stat },
      ]),
    },
  }
}

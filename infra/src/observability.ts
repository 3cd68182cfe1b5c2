import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { DAY, databaseAlarms, entranceAlarms, queueAlarms, serviceAlarms, type Alarm, type Entrance } from './alarms.ts'
import { catalogue } from './catalogue.ts'
import { watchEdgeCertificate } from './edge-certificate.ts'
import { dashboardBody } from './dashboard.ts'
import type { Data } from './data.ts'
import type { LoadBalancer, ServiceRoutes } from './load-balancer.ts'
import { errorMetric, forAlarm, type Traffic } from './metrics.ts'
import type { Settings } from './settings.ts'
import { tellSlack } from './slack.ts'
import { logGroupOf } from './workload.ts'

export interface ObservabilityArgs {
  settings: Settings
  keyArn: pulumi.Input<string>
  loadBalancer: LoadBalancer
  data: Data
  entrance: Omit<Entrance, 'loadBalancer'>
  /** Of CloudFront, in us-east-1. */
  edgeCertificateArn: pulumi.Input<string>
  /** What makes the log groups, of whose lines errors are counted. */
  workloads: pulumi.Resource
}

/** Numbers that are looked at, alarms that ring, and the topics through which they reach people. */
export class Observability extends pulumi.ComponentResource {
  /** Names of the alarms that must not ring while a module is deployed. */
  readonly guardsOf: (module: string) => pulumi.Output<string>[]
  /** The topic of what is critical, for whoever else has something to say there. */
  readonly alertTopicArn: pulumi.Output<string>

  constructor(args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super('lightpress:observability:Observability', 'observability', {}, opts)
    const { settings, loadBalancer, data, entrance, workloads } = args
    const { name, region, accountId } = settings
    const topics = { critical: topic('critical', args, this), warning: topic('warning', args, this) }
    this.alertTopicArn = topics.critical.arn
    tellSlack([topics.critical.arn, topics.warning.arn], { settings, parent: this })

    for (const { module } of catalogue) {
      const { namespace, metricName } = errorMetric(settings, module)
      new aws.cloudwatch.LogMetricFilter(
        `${module}-errors`,
        {
          name: `${name}-${module}-errors`,
          logGroupName: logGroupOf(module, settings),
          // pino's numbers: 50 is error, 60 fatal.
          pattern: '{ $.level >= 50 }',
          metricTransformation: { namespace, name: metricName, value: '1', defaultValue: '0' },
        },
        { parent: this, dependsOn: [workloads] },
      )
    }

    const alarms = [
      ...catalogue.flatMap((service) => serviceAlarms(service, trafficOf(service.module, loadBalancer), settings)),
      ...databaseAlarms(data.databaseName, settings),
      ...queueAlarms(data.queueNodes),
      ...entranceAlarms({ ...entrance, loadBalancer: loadBalancer.arnSuffix }),
    ]
    const made = alarms.map((alarm) => ({ alarm, resource: metricAlarm(alarm, { name, topics, parent: this }) }))
    this.guardsOf = (module) => made.filter(({ alarm }) => alarm.guards === module).map(({ resource }) => resource.name)

    const failed = new aws.cloudwatch.EventRule(
      'deployment-failed',
      {
        name: `${name}-deployment-failed`,
        description: 'ECS gave a deployment up, or took it back',
        eventPattern: JSON.stringify({
          source: ['aws.ecs'],
          'detail-type': ['ECS Deployment State Change'],
          detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
          resources: [{ prefix: `arn:aws:ecs:${region}:${accountId}:service/${name}/` }],
        }),
      },
      { parent: this },
    )
    new aws.cloudwatch.EventTarget(
      'deployment-failed',
      { rule: failed.name, arn: topics.critical.arn },
      { parent: this },
    )

    watchEdgeCertificate(args.edgeCertificateArn, { settings, topicArn: topics.critical.arn, parent: this })

    new aws.cloudwatch.Dashboard(
      'dashboard',
      {
        dashboardName: name,
        dashboardBody: pulumi.jsonStringify(
          dashboardBody(settings, {
            loadBalancer: loadBalancer.arnSuffix,
            traffic: (module) => trafficOf(module, loadBalancer),
            database: data.databaseName,
            queueNodes: data.queueNodes,
          }),
        ),
      },
      { parent: this },
    )
    this.registerOutputs()
  }
}

/** `ops-critical` reaches a pager, where there is one; both reach the mailbox of operations. */
function topic(severity: Alarm['severity'], { settings, keyArn }: ObservabilityArgs, parent: pulumi.Resource) {
  const { name, accountId, alarmEmails, pagerDutyUrl } = settings
  const made = new aws.sns.Topic(severity, { name: `${name}-ops-${severity}`, kmsMasterKeyId: keyArn }, { parent })
  new aws.sns.TopicPolicy(
    severity,
    {
      arn: made.arn,
      policy: pulumi.jsonStringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: made.arn,
            Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
          },
          // EventBridge does not say for whom it asks: under a condition every event would be lost without a word.
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: made.arn,
          },
        ],
      }),
    },
    { parent },
  )
  for (const endpoint of alarmEmails)
    new aws.sns.TopicSubscription(
      `${severity}-${endpoint}`,
      { topic: made.arn, protocol: 'email', endpoint },
      { parent },
    )
  if (severity === 'critical' && pagerDutyUrl !== undefined)
    new aws.sns.TopicSubscription(
      `${severity}-pagerduty`,
      { topic: made.arn, protocol: 'https', endpoint: pagerDutyUrl, endpointAutoConfirms: true },
      { parent },
    )
  return made
}

interface AlarmPlace {
  name: string
  topics: Record<Alarm['severity'], aws.sns.Topic>
  parent: pulumi.Resource
}

function metricAlarm(alarm: Alarm, { name, topics, parent }: AlarmPlace): aws.cloudwatch.MetricAlarm {
  const { of, above, below, minutes, silence } = alarm
  const seldom = minutes === DAY
  const times = { period: seldom ? DAY * 60 : 60, evaluationPeriods: seldom ? 1 : minutes }
  const counted =
    'expression' in of
      ? {
          evaluationPeriods: times.evaluationPeriods,
          metricQueries: [
            ...Object.entries(of.over).map(([id, metric]) => forAlarm(id, metric)),
            { id: 'result', expression: of.expression, label: alarm.name, returnData: true },
          ],
        }
      : {
          ...times,
          namespace: of.namespace,
          metricName: of.metricName,
          dimensions: of.dimensions,
          ...(of.stat.startsWith('p') ? { extendedStatistic: of.stat } : { statistic: of.stat }),
        }
  const topicArn = topics[alarm.severity].arn
  return new aws.cloudwatch.MetricAlarm(
    alarm.name,
    {
      name: `${name}-${alarm.name}`,
      alarmDescription: `${alarm.description} What to do: docs/operations/${alarm.page}`,
      comparisonOperator: above !== undefined ? 'GreaterThanThreshold' : 'LessThanThreshold',
      threshold: above ?? below ?? 0,
      treatMissingData: silence,
      alarmActions: [topicArn],
      okActions: [topicArn],
      ...counted,
    },
    { parent },
  )
}

function trafficOf(module: string, loadBalancer: LoadBalancer): Traffic {
  const { blue, green } = loadBalancer.routes[module] as ServiceRoutes
  return { loadBalancer: loadBalancer.arnSuffix, blue: blue.arnSuffix, green: green.arnSuffix }
}

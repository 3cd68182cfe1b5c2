import { beforeAll, describe, expect, it } from 'vitest'
import type { Environment } from '../src/settings.ts'
import { arnOf, idOf, recordGraph, type Graph } from './graph.ts'
import { accounts, modules, statementsOf } from './support.ts'

const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm'

const graphs = {} as Record<Environment, Graph>
beforeAll(async () => {
  graphs.staging = await recordGraph('staging')
  graphs.production = await recordGraph('production')
})

const inBoth = ['staging', 'production'] as const
const topic = (stack: Environment, severity: string) => arnOf('aws:sns/topic:Topic', severity, accounts[stack])

/** Alarms that tell people; the others add tasks. */
const alarmsOf = (stack: Environment) => graphs[stack].find(ALARM).filter(({ name }) => !name.includes('-scale-'))

interface Query {
  id: string
  metric: { metricName: string; dimensions: Record<string, string> }
}

interface Widget {
  x: number
  y: number
  properties: { metrics: string[][] }
}

describe('what is critical and what is a warning', () => {
  it.each(inBoth)('reaches in %s the mailbox of operations by a topic each, under the key', (stack) => {
    for (const severity of ['critical', 'warning']) {
      expect(graphs[stack].get('aws:sns/topic:Topic', severity).inputs).toMatchObject({
        name: `lightpress-${stack}-ops-${severity}`,
        kmsMasterKeyId: `arn:aws:kms:eu-west-2:${accounts[stack]}:key/data`,
      })
      const subscriptions = graphs[stack]
        .find('aws:sns/topicSubscription:TopicSubscription')
        .filter(({ inputs }) => inputs.topic === topic(stack, severity))
      expect(subscriptions.map(({ inputs: { protocol, endpoint } }) => [protocol, endpoint])).toEqual([
        ['email', 'operations@lightpress.example'],
      ])
    }
  })

  it('reaches a pager, where there is one, when it is critical', async () => {
    const pagerDutyUrl = 'https://events.pagerduty.example/integration/key/enqueue'
    const graph = await recordGraph('production', { config: { 'lightpress:pagerDutyUrl': pagerDutyUrl } })
    const paged = graph
      .find('aws:sns/topicSubscription:TopicSubscription')
      .filter(({ inputs }) => inputs.endpoint === pagerDutyUrl)
    expect(paged.map(({ inputs, secret }) => [inputs.topic, inputs.protocol, secret])).toEqual([
      // The key is in the address: the state has it encrypted, and nothing else of the environment has it.
      [topic('production', 'critical'), 'https', ['endpoint']],
    ])
    const [subscription] = paged
    const others = graph.resources.filter((resource) => resource !== subscription)
    expect(others.filter(({ inputs }) => JSON.stringify(inputs).includes(pagerDutyUrl))).toEqual([])
  })

  it('reaches a channel of Slack, where there is one, through an application that can do nothing', async () => {
    const config = { 'lightpress:slackTeamId': 'T07EXAMPLE', 'lightpress:slackChannelId': 'C07EXAMPLE' }
    const graph = await recordGraph('production', { config })
    const { inputs } = graph.get('aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration', 'slack')
    expect(inputs).toMatchObject({
      slackTeamId: 'T07EXAMPLE',
      slackChannelId: 'C07EXAMPLE',
      snsTopicArns: [topic('production', 'critical'), topic('production', 'warning')],
      guardrailPolicyArns: ['arn:aws:iam::aws:policy/AWSDenyAll'],
    })
    expect(graph.find('aws:iam/rolePolicy:RolePolicy').filter(({ name }) => name === 'slack')).toEqual([])
    expect(graphs.production.find('aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration')).toEqual([])
  })

  it.each(inBoth)('is said in %s by CloudWatch of this account, and EventBridge, which takes no condition', (stack) => {
    for (const severity of ['critical', 'warning']) {
      const { policy } = graphs[stack].get('aws:sns/topicPolicy:TopicPolicy', severity).inputs
      expect(JSON.parse(String(policy)).Statement).toEqual([
        {
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: 'sns:Publish',
          Resource: topic(stack, severity),
          Condition: { StringEquals: { 'aws:SourceAccount': accounts[stack] } },
        },
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sns:Publish',
          Resource: topic(stack, severity),
        },
      ])
    }
  })
})

describe('alarms', () => {
  const ofModule = (module: string) => ({
    [`${module}-http-errors`]: ['critical', '> 5', 2],
    [`${module}-http-latency`]: ['warning', '> 2', 3],
    [`${module}-http-unhealthy`]: ['warning', '> 0', 3],
    [`${module}-http-nobody`]: ['critical', '< 1', 2],
    [`${module}-worker-nobody`]: ['critical', '< 1', 5],
    [`${module}-errors`]: ['warning', '> 5', 5],
    [`${module}-http-cpu`]: ['warning', '> 90', 10],
    [`${module}-http-memory`]: ['warning', '> 90', 10],
    [`${module}-worker-cpu`]: ['warning', '> 90', 10],
    [`${module}-worker-memory`]: ['warning', '> 90', 10],
    [`${module}-queue-depth`]: ['warning', '> 2000', 15],
    [`${module}-dead-letters`]: ['warning', '> 0', 1],
    [`${module}-outbox-stuck`]: ['critical', '> 300', 3],
  })
  const ofNode = (node: string) => ({
    [`queue-${node}-memory`]: ['critical', '> 80', 5],
    [`queue-${node}-evictions`]: ['critical', '> 0', 1],
    [`queue-${node}-cpu`]: ['warning', '> 80', 10],
    [`queue-${node}-replication`]: ['warning', '> 5', 5],
  })
  const GIGABYTE = 1024 ** 3
  const ofTheRest = (storage: number) => ({
    'database-cpu': ['warning', '> 80', 10],
    'database-connections': ['critical', '> 400', 5],
    'database-storage': ['critical', `< ${(storage / 10) * GIGABYTE}`, 15],
    'database-memory': ['warning', `< ${GIGABYTE / 4}`, 15],
    'database-replication-slot': ['critical', `> ${GIGABYTE}`, 5],
    'load-balancer-errors': ['critical', '> 10', 3],
    'certificate-expiry': ['critical', '< 20', 1],
  })
  const nat = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`nat-${index + 1}-ports`, ['warning', '> 0', 5]]))
  const expected = {
    staging: { ...ofNode('001'), ...ofTheRest(100), ...nat(1) },
    production: { ...ofNode('001'), ...ofNode('002'), ...ofTheRest(500), ...nat(3) },
  }

  it.each(inBoth)('are in %s these, and ring in the right place', (stack) => {
    const found = alarmsOf(stack).map(({ name, inputs }) => {
      const sign = inputs.comparisonOperator === 'GreaterThanThreshold' ? '>' : '<'
      const severity = inputs.alarmActions[0] === topic(stack, 'critical') ? 'critical' : 'warning'
      expect(inputs.name).toBe(`lightpress-${stack}-${name}`)
      expect(inputs.alarmActions).toEqual([topic(stack, severity)])
      expect(inputs.okActions).toEqual(inputs.alarmActions)
      return [name, [severity, `${sign} ${inputs.threshold}`, inputs.evaluationPeriods]]
    })
    expect(Object.fromEntries(found)).toEqual({
      ...Object.assign({}, ...modules.map(ofModule)),
      ...expected[stack],
    })
  })

  it('say what they mean to whoever is woken', () => {
    for (const { inputs } of alarmsOf('production')) expect(String(inputs.alarmDescription).length).toBeGreaterThan(30)
  })

  const of = (name: string) => graphs.production.get(ALARM, name).inputs

  it('look at each target group by itself, so that a canary with a tenth of the requests does not hide', () => {
    const { metricQueries } = of('billing-http-errors')
    expect(metricQueries.at(-1)).toMatchObject({
      expression:
        'MAX([IF(FILL(blueRequests, 0) > 20, 100 * FILL(blueErrors, 0) / blueRequests, 0), ' +
        'IF(FILL(greenRequests, 0) > 20, 100 * FILL(greenErrors, 0) / greenRequests, 0)])',
      returnData: true,
    })
    const metrics = metricQueries
      .slice(0, -1)
      .map(({ id, metric }: Query) => [id, metric.metricName, metric.dimensions])
    const dimensions = (colour: string) => ({
      LoadBalancer: 'app/public',
      TargetGroup: `targetgroup/billing-${colour}`,
    })
    expect(metrics).toEqual([
      ['blueErrors', 'HTTPCode_Target_5XX_Count', dimensions('blue')],
      ['greenErrors', 'HTTPCode_Target_5XX_Count', dimensions('green')],
      ['blueRequests', 'RequestCount', dimensions('blue')],
      ['greenRequests', 'RequestCount', dimensions('green')],
    ])
  })

  it('ring when a service has nobody left who could say so', () => {
    expect(of('auth-http-nobody').treatMissingData).toBe('breaching')
    expect(of('auth-worker-nobody')).toMatchObject({
      treatMissingData: 'breaching',
      namespace: 'ECS/ContainerInsights',
      metricName: 'RunningTaskCount',
      dimensions: { ClusterName: 'lightpress-production', ServiceName: 'auth-worker' },
    })
  })

  it('count the errors in the log of each module', () => {
    for (const module of modules) {
      const { inputs } = graphs.production.get('aws:cloudwatch/logMetricFilter:LogMetricFilter', `${module}-errors`)
      expect(inputs).toMatchObject({
        logGroupName: `/lightpress-production/${module}`,
        pattern: '{ $.level >= 50 }',
        metricTransformation: {
          namespace: 'Lightpress/Logs',
          name: `lightpress-production-${module}-errors`,
          value: '1',
        },
      })
      expect(of(`${module}-errors`)).toMatchObject({
        namespace: 'Lightpress/Logs',
        metricName: inputs.metricTransformation.name,
        statistic: 'Sum',
      })
    }
  })

  it('know the stores and gateways by the names that AWS gives them', () => {
    expect(of('database-connections').dimensions).toEqual({ DBInstanceIdentifier: 'lightpress-production' })
    expect(of('queue-002-memory')).toMatchObject({
      metricName: 'DatabaseMemoryUsagePercentage',
      dimensions: { CacheClusterId: 'lightpress-production-002' },
    })
    expect(of('nat-3-ports').dimensions).toEqual({ NatGatewayId: idOf('aws:ec2/natGateway:NatGateway', 'nat-c') })
    expect(of('certificate-expiry')).toMatchObject({ metricName: 'DaysToExpiry', period: 86_400 })
  })
})

describe('the certificate of CloudFront', () => {
  const RULE = 'aws:cloudwatch/eventRule:EventRule'
  const TARGET = 'aws:cloudwatch/eventTarget:EventTarget'

  it.each(inBoth)('that nobody renews in %s is said in us-east-1, brought over and told to who is woken', (stack) => {
    const graph = graphs[stack]
    const { arn } = graph.outputOf('aws:acm/certificate:Certificate', 'edge')
    for (const name of ['edge-certificate-there', 'edge-certificate'])
      expect(JSON.parse(String(graph.get(RULE, name).inputs.eventPattern))).toEqual({
        source: ['aws.acm'],
        'detail-type': ['ACM Certificate Approaching Expiration'],
        resources: [arn],
        detail: { DaysToExpiry: [{ numeric: ['<', 20] }] },
      })
    const bus = `arn:aws:events:eu-west-2:${accounts[stack]}:event-bus/default`
    expect(graph.get(RULE, 'edge-certificate-there').inputs.region).toBe('us-east-1')
    expect(graph.get(TARGET, 'edge-certificate-there').inputs).toMatchObject({
      region: 'us-east-1',
      arn: bus,
      roleArn: graph.outputOf('aws:iam/role:Role', 'edge-certificate').arn,
    })
    expect(statementsOf(graph, 'edge-certificate')).toEqual([
      { Effect: 'Allow', Action: ['events:PutEvents'], Resource: [bus] },
    ])
    expect(graph.get(RULE, 'edge-certificate').inputs.region).toBeUndefined()
    expect(graph.get(TARGET, 'edge-certificate').inputs.arn).toBe(topic(stack, 'critical'))
  })
})

describe('a deployment that ECS gave up', () => {
  it.each(inBoth)('is told in %s at once', (stack) => {
    const { inputs } = graphs[stack].get('aws:cloudwatch/eventRule:EventRule', 'deployment-failed')
    expect(JSON.parse(String(inputs.eventPattern))).toEqual({
      source: ['aws.ecs'],
      'detail-type': ['ECS Deployment State Change'],
      detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
      resources: [{ prefix: `arn:aws:ecs:eu-west-2:${accounts[stack]}:service/lightpress-${stack}/` }],
    })
    expect(graphs[stack].get('aws:cloudwatch/eventTarget:EventTarget', 'deployment-failed').inputs.arn).toBe(
      topic(stack, 'critical'),
    )
  })
})

describe('the dashboard', () => {
  it.each(inBoth)('of %s shows the entrance, every service, the queues and the stores, none above another', (stack) => {
    const { dashboardName, dashboardBody } = graphs[stack].get('aws:cloudwatch/dashboard:Dashboard', 'dashboard').inputs
    expect(dashboardName).toBe(`lightpress-${stack}`)
    const { widgets } = JSON.parse(String(dashboardBody)) as { widgets: Widget[] }
    const shown = widgets.flatMap(({ properties }) => properties.metrics.map(([namespace]) => namespace))
    expect([...new Set(shown)].sort()).toEqual([
      'AWS/ApplicationELB',
      'AWS/ECS',
      'AWS/ElastiCache',
      'AWS/RDS',
      'ECS/ContainerInsights',
      'Lightpress/Logs',
      'Lightpress/Queues',
    ])
    expect(new Set(widgets.map(({ x, y }) => `${x} ${y}`)).size).toBe(widgets.length)
    for (const module of modules) expect(String(dashboardBody)).toContain(`"${module}-worker"`)
  })
})

import { createHash } from 'node:crypto'
import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { catalogue, type Service } from './catalogue.ts'
import { TEST_HEADER } from './deploy-target-type.ts'
import { pathConditions } from './path-conditions.ts'
import type { Network } from './network.ts'
import { PUBLIC_PORT, type SecurityGroups } from './security-groups.ts'
import type { Settings } from './settings.ts'
import { sizing } from './sizing.ts'

/** Where CloudFront proves that it is ours, where the load balancer can be reached by others. */
export const ORIGIN_KEY_HEADER = 'x-lightpress-origin'

/** What ECS moves one service's traffic with. */
export interface ServiceRoutes {
  /** The two target groups between which it alternates. */
  blue: TargetGroup
  green: TargetGroup
  /** The listener rules whose weights it sets: everybody's, and that of whoever sends `TEST_HEADER`. */
  productionRuleArn: pulumi.Output<string>
  testRuleArn: pulumi.Output<string>
}

export interface TargetGroup {
  arn: pulumi.Output<string>
  /** As in the dimension `TargetGroup` of its metrics. */
  arnSuffix: pulumi.Output<string>
}

export interface LoadBalancerArgs {
  settings: Settings
  network: Network
  groups: SecurityGroups
  /** Of the region, and validated. */
  certificateArn: pulumi.Input<string>
  /** Where access logs go; its policy lets them in. */
  logsBucket: pulumi.Input<string>
}

/** Brings each request to the service whose contract has its path. */
export class LoadBalancer extends pulumi.ComponentResource {
  /** Known once it listens: what is given it before would find nothing. */
  readonly listeningArn: pulumi.Output<string>
  /** As in the dimension `LoadBalancer` of its metrics. */
  readonly arnSuffix: pulumi.Output<string>
  readonly dnsName: pulumi.Output<string>
  readonly listenerArn: pulumi.Output<string>
  /** By module. */
  readonly routes: Readonly<Record<string, ServiceRoutes>>

  constructor(args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super('lightpress:network:LoadBalancer', 'load-balancer', {}, opts)
    const { settings, network, groups, certificateArn, logsBucket } = args
    const parent = { parent: this }
    const internal = settings.albExposure === 'vpc-origin'

    const balancer = new aws.lb.LoadBalancer(
      'public',
      {
        name: settings.name,
        loadBalancerType: 'application',
        internal,
        subnets: internal ? network.appSubnetIds : network.publicSubnetIds,
        securityGroups: [groups.loadBalancer],
        dropInvalidHeaderFields: true,
        // Longer than a stream is silent.
        idleTimeout: 60,
        accessLogs: { enabled: true, bucket: logsBucket, prefix: 'load-balancer' },
        enableDeletionProtection: sizing[settings.environment].deletionProtection,
      },
      parent,
    )
    const https = new aws.lb.Listener(
      'https',
      {
        loadBalancerArn: balancer.arn,
        port: 443,
        protocol: 'HTTPS',
        sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
        certificateArn,
        defaultActions: [{ type: 'fixed-response', fixedResponse: nothingHere }],
      },
      parent,
    )
    // Nobody else speaks plain HTTP to it: CloudFront redirects on its own, and comes by HTTPS.
    if (settings.albExposure === 'public')
      new aws.lb.Listener(
        'http',
        {
          loadBalancerArn: balancer.arn,
          port: 80,
          protocol: 'HTTP',
          defaultActions: [{ type: 'redirect', redirect: { port: '443', protocol: 'HTTPS', statusCode: 'HTTP_301' } }],
        },
        parent,
      )

    this.listeningArn = https.loadBalancerArn
    this.arnSuffix = balancer.arnSuffix
    this.dnsName = balancer.dnsName
    this.listenerArn = https.arn
    this.routes = Object.fromEntries(
      catalogue.map((service) => [
        service.module,
        createRoutes(service, { settings, vpcId: network.vpcId, listenerArn: https.arn, parent: this }),
      ]),
    )
    this.registerOutputs()
  }
}

interface Place {
  settings: Settings
  vpcId: pulumi.Input<string>
  listenerArn: pulumi.Input<string>
  parent: pulumi.Resource
}

/**
 * ECS is told of one rule for everybody and one for tests, so that each has to hold all paths of the service, and both
 * lead to both target groups from the beginning. From then on the weights are ECS's.
 */
function createRoutes(service: Service, { settings, vpcId, listenerArn, parent }: Place): ServiceRoutes {
  const [blue, green] = (['blue', 'green'] as const).map((colour) => {
    const { arn, arnSuffix } = new aws.lb.TargetGroup(
      `${service.module}-${colour}`,
      {
        vpcId,
        targetType: 'ip',
        protocol: 'HTTP',
        port: PUBLIC_PORT,
        // What a request may still take, and a stream be told to come back.
        deregistrationDelay: 30,
        healthCheck: {
          path: '/health/ready',
          matcher: '200',
          interval: 10,
          timeout: 5,
          healthyThreshold: 2,
          unhealthyThreshold: 3,
        },
      },
      { parent },
    )
    return { arn, arnSuffix }
  }) as [TargetGroup, TargetGroup]

  const rule = (name: string, priority: number, conditions: aws.types.input.lb.ListenerRuleCondition[]) =>
    new aws.lb.ListenerRule(
      `${service.module}-${name}`,
      {
        listenerArn,
        priority,
        conditions: [...pathConditions(service), ...conditions, ...fromOurDistribution(settings)],
        actions: [
          {
            type: 'forward',
            forward: {
              targetGroups: [
                { arn: blue.arn, weight: 100 },
                { arn: green.arn, weight: 0 },
              ],
            },
          },
        ],
      },
      { parent, ignoreChanges: ['actions'] },
    ).arn
  const test = { httpHeader: { httpHeaderName: TEST_HEADER.name, values: [TEST_HEADER.value] } }
  return {
    blue,
    green,
    testRuleArn: rule('test', priorityOf(service), [test]),
    productionRuleArn: rule('production', priorityOf(service) + PRIORITIES, []),
  }
}

/** Half of those that AWS has: rules for tests stand before all others. */
const PRIORITIES = 25_000

/**
 * Rules are told apart by their paths, and need a priority each all the same. It comes of the name, so that it stays when
 * modules come and go: AWS refuses one that another rule still has.
 */
function priorityOf({ module }: Service): number {
  return 1 + (createHash('sha256').update(module).digest().readUInt32BE() % PRIORITIES)
}

/** CloudFront's addresses are those of everybody's distributions: ours says a word besides. */
function fromOurDistribution({ albExposure, originKey }: Settings): aws.types.input.lb.ListenerRuleCondition[] {
  if (albExposure !== 'cloudfront-only' || originKey === undefined) return []
  return [{ httpHeader: { httpHeaderName: ORIGIN_KEY_HEADER, values: [originKey] } }]
}

const nothingHere = {
  contentType: 'application/json',
  statusCode: '404',
  messageBody: JSON.stringify({
    type: 'about:blank',
    title: 'Not Found',
    status: 404,
    detail: 'Nothing is served at this path.',
    reason: 'gateway.not_found',
  }),
}

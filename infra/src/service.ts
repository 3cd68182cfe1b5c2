import * as aws from '@pulumi/aws'
import type * as pulumi from '@pulumi/pulumi'
import type { Cluster } from './cluster.ts'
import { CONTAINER } from './deploy-target-type.ts'
import type { LoadBalancer, ServiceRoutes } from './load-balancer.ts'
import type { Network } from './network.ts'
import type { TrafficRole } from './roles.ts'
import { INTERNAL_PORT, PUBLIC_PORT } from './security-groups.ts'
import type { Settings } from './settings.ts'
import { INTERNAL, logsTo } from './task-definition.ts'

export interface RunArgs {
  settings: Settings
  cluster: Cluster
  network: Network
  module: string
  definition: aws.ecs.TaskDefinition
  securityGroup: pulumi.Input<string>
  logGroup: pulumi.Input<string>
}

export interface HttpArgs extends RunArgs {
  loadBalancer: LoadBalancer
  trafficRole: TrafficRole
}

/**
 * What the pipeline and autoscaling decide, and Pulumi leaves alone: which revision runs, on how many tasks, and which
 * of the two target groups has the traffic just now.
 */
const decidedElsewhere = ['taskDefinition', 'desiredCount', 'loadBalancers']

/** Tasks that answer people and neighbours. In production a new version gets a tenth of the requests first. */
export function runHttp(args: HttpArgs, parent: pulumi.Resource): aws.ecs.Service {
  const { settings, module, loadBalancer, trafficRole, logGroup, cluster } = args
  const routes = loadBalancer.routes[module] as ServiceRoutes
  const canary = isCanary(settings)
  return new aws.ecs.Service(
    `${module}-http`,
    {
      ...common(`${module}-http`, args),
      ...(canary ? inSteps : aFewAtATime),
      healthCheckGracePeriodSeconds: 30,
      loadBalancers: [
        {
          containerName: CONTAINER,
          containerPort: PUBLIC_PORT,
          targetGroupArn: routes.blue.arn,
          ...(canary && {
            advancedConfiguration: {
              alternateTargetGroupArn: routes.green.arn,
              productionListenerRule: routes.productionRuleArn,
              testListenerRule: routes.testRuleArn,
              roleArn: trafficRole.arn,
            },
          }),
        },
      ],
      serviceConnectConfiguration: {
        enabled: true,
        namespace: cluster.namespaceArn,
        services: [
          {
            portName: INTERNAL,
            discoveryName: module,
            clientAlias: [{ dnsName: module, port: INTERNAL_PORT }],
            // A call may take 10 s (the kernel's DEADLINE), and clients keep a connection for 30 s: the proxy is not the
            // one that gives up first.
            timeout: { perRequestTimeoutSeconds: 15, idleTimeoutSeconds: 60 },
          },
        ],
        logConfiguration: logsTo(logGroup, settings, 'proxy'),
      },
    },
    // ECS takes a target group only once a rule leads to it, and moves nothing without its role's policy.
    { parent, ignoreChanges: decidedElsewhere, dependsOn: [loadBalancer, trafficRole] },
  )
}

/** Tasks behind the queues: nobody calls them, and a new version takes jobs as soon as it is there. */
export function runWorker(args: RunArgs, parent: pulumi.Resource): aws.ecs.Service {
  const { settings, module, logGroup, cluster } = args
  return new aws.ecs.Service(
    `${module}-worker`,
    {
      ...common(`${module}-worker`, args),
      ...aFewAtATime,
      serviceConnectConfiguration: {
        enabled: true,
        namespace: cluster.namespaceArn,
        logConfiguration: logsTo(logGroup, settings, 'proxy'),
      },
    },
    { parent, ignoreChanges: decidedElsewhere },
  )
}

/** Whether a new version gets its traffic in steps, which somebody watches. */
export function isCanary({ environment }: Settings): boolean {
  return environment === 'production'
}

function common(name: string, { settings, cluster, network, definition, securityGroup }: RunArgs) {
  return {
    name,
    cluster: cluster.arn,
    taskDefinition: definition.arn,
    launchType: 'FARGATE',
    // Until the first deployment there is no image to run.
    desiredCount: 0,
    deploymentController: { type: 'ECS' },
    deploymentMinimumHealthyPercent: 100,
    deploymentMaximumPercent: 200,
    availabilityZoneRebalancing: 'ENABLED',
    networkConfiguration: {
      subnets: network.appSubnetIds,
      securityGroups: [securityGroup],
      assignPublicIp: false,
    },
    enableExecuteCommand: settings.executeCommand,
    enableEcsManagedTags: true,
    propagateTags: 'SERVICE',
  }
}

/** Old and new side by side; a version whose tasks do not become healthy is taken back by ECS. */
const aFewAtATime = {
  deploymentConfiguration: { strategy: 'ROLLING' },
  deploymentCircuitBreaker: { enable: true, rollback: true },
}

/**
 * All new tasks beside all old ones; then ECS waits for whoever has tried them by the test rule (the deploy script says
 * CONTINUE), gives them a tenth of the requests for ten minutes, then all, and keeps the old ones for ten more.
 */
const inSteps = {
  deploymentConfiguration: {
    strategy: 'CANARY',
    canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: '10' },
    bakeTimeInMinutes: '10',
    lifecycleHooks: [
      {
        targetType: 'PAUSE',
        lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
        // Nobody said anything: nobody has looked.
        timeoutConfiguration: { action: 'ROLLBACK', timeoutInMinutes: '30' },
      },
    ],
  },
}

import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { appOf, catalogue, type Service } from './catalogue.ts'
import { deployTargetName, type DeployService, type DeployTarget } from './deploy-target-type.ts'
import type { LoadBalancer, ServiceRoutes } from './load-balancer.ts'
import type { Network } from './network.ts'
import type { Observability } from './observability.ts'
import { repositoryUrl } from './registry.ts'
import type { SecurityGroups } from './security-groups.ts'
import { isCanary } from './service.ts'
import type { Settings } from './settings.ts'
import { tasksOf } from './sizing.ts'

export interface DeployTargetArgs {
  settings: Settings
  network: Network
  groups: SecurityGroups
  loadBalancer: LoadBalancer
  observability: Observability
  web: { bucket: pulumi.Input<string>; distribution: pulumi.Input<string> }
}

/** Writes down, for the deployment scripts, what they would otherwise have to guess or be configured with. */
export function writeDeployTarget(args: DeployTargetArgs): aws.ssm.Parameter {
  const { settings, web } = args
  const target = pulumi.output({
    environment: settings.environment,
    region: settings.region,
    account: settings.accountId,
    cluster: settings.name,
    url: settings.publicUrl,
    services: catalogue.map((service) => deployService(service, args)),
    web,
    alertTopic: args.observability.alertTopicArn,
  }) satisfies pulumi.Output<DeployTarget>
  return new aws.ssm.Parameter('deploy-target', {
    name: deployTargetName(settings.environment),
    description: 'What tools/ci deploys to',
    type: 'String',
    // Four services come to about 4 kB, which is where a standard parameter ends.
    tier: 'Advanced',
    value: pulumi.jsonStringify(target),
  })
}

function deployService(service: Service, args: DeployTargetArgs): pulumi.Input<DeployService> {
  const { settings, network, groups, loadBalancer, observability } = args
  const { module } = service
  const { blue, green, productionRuleArn } = loadBalancer.routes[module] as ServiceRoutes
  const canary = isCanary(settings)
  const named = (kind: 'http' | 'worker') => ({
    service: `${module}-${kind}`,
    family: `${module}-${kind}`,
    tasks: tasksOf(service[kind], settings).min,
  })
  return pulumi.output({
    module,
    repository: repositoryUrl(appOf(service), settings),
    http: { ...named('http'), canary },
    worker: named('worker'),
    migrate: {
      family: `${module}-migrate`,
      subnets: network.appSubnetIds,
      securityGroups: [groups.migrator],
    },
    alarms: observability.guardsOf(module),
    ...(canary && { productionRule: productionRuleArn, targetGroups: [blue.arn, green.arn] }),
  })
}

import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import type { Network } from './network.ts'
import type { SecurityGroups } from './security-groups.ts'
import type { Settings } from './settings.ts'
import { sizing } from './sizing.ts'

export interface EndpointsArgs {
  settings: Settings
  network: Network
  groups: SecurityGroups
}

/** Ways to services of AWS that do not leave the VPC: the free one to S3 everywhere, those with a price by sizing.ts. */
export class Endpoints extends pulumi.ComponentResource {
  constructor({ settings, network, groups }: EndpointsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('lightpress:network:Endpoints', 'endpoints', {}, opts)
    const parent = { parent: this }
    const { vpcId } = network
    const about = (service: string) => ({
      vpcId,
      serviceName: `com.amazonaws.${settings.region}.${service}`,
      tags: { Name: `${settings.name}-${service}` },
    })
    new aws.ec2.VpcEndpoint(
      's3',
      { ...about('s3'), vpcEndpointType: 'Gateway', routeTableIds: network.appRouteTableIds },
      parent,
    )
    for (const service of sizing[settings.environment].interfaceEndpoints)
      new aws.ec2.VpcEndpoint(
        service,
        {
          ...about(service),
          vpcEndpointType: 'Interface',
          subnetIds: network.appSubnetIds,
          securityGroupIds: [groups.endpoints],
          privateDnsEnabled: true,
        },
        parent,
      )
    this.registerOutputs()
  }
}

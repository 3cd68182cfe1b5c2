import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import type { Settings } from './settings.ts'

/** Addresses of the VPC, for whoever believes a proxy inside it. */
export const VPC_CIDR = '10.0.0.0/16'

/** One subnet of each tier in each availability zone: 10.0.1-3.0/24, 10.0.11-13.0/24, 10.0.21-23.0/24. */
const zones = ['a', 'b', 'c']
const tiers = { public: 1, app: 11, data: 21 }
type Tier = keyof typeof tiers

/**
 * The VPC and its three tiers: the load balancer and NAT gateways in public, tasks in app, stores in data. What is in
 * data reaches nothing outside: its route table has no route besides the VPC's own.
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>
  readonly publicSubnetIds: pulumi.Output<string>[]
  readonly appSubnetIds: pulumi.Output<string>[]
  readonly dataSubnetIds: pulumi.Output<string>[]
  readonly natGatewayIds: pulumi.Output<string>[]
  /** For gateway endpoints, which are routes. */
  readonly appRouteTableIds: pulumi.Output<string>[]

  constructor(settings: Settings, opts?: pulumi.ComponentResourceOptions) {
    super('lightpress:network:Network', 'network', {}, opts)
    const parent = { parent: this }
    const named = (name: string) => ({ tags: { Name: `${settings.name}-${name}` } })

    const vpc = new aws.ec2.Vpc(
      'vpc',
      { cidrBlock: VPC_CIDR, enableDnsSupport: true, enableDnsHostnames: true, tags: { Name: settings.name } },
      parent,
    )
    // Every VPC has one; left alone it lets its members talk to each other and out.
    new aws.ec2.DefaultSecurityGroup('default', { vpcId: vpc.id, ingress: [], egress: [], ...named('unused') }, parent)
    const internet = new aws.ec2.InternetGateway('internet', { vpcId: vpc.id, ...named('internet') }, parent)

    const subnet = (tier: Tier, index: number) =>
      new aws.ec2.Subnet(
        `${tier}-${zones[index]}`,
        {
          vpcId: vpc.id,
          cidrBlock: `10.0.${tiers[tier] + index}.0/24`,
          availabilityZone: `${settings.region}${zones[index]}`,
          // What needs a public address, the NAT gateways and a public load balancer, is given one by name.
          mapPublicIpOnLaunch: false,
          ...named(`${tier}-${zones[index]}`),
        },
        parent,
      )
    const subnets = (tier: Tier) => zones.map((_zone, index) => subnet(tier, index))
    const [inPublic, inApp, inData] = [subnets('public'), subnets('app'), subnets('data')]

    const routeTable = (name: string, members: aws.ec2.Subnet[]) => {
      const table = new aws.ec2.RouteTable(name, { vpcId: vpc.id, ...named(name) }, parent)
      for (const [index, { id }] of members.entries())
        new aws.ec2.RouteTableAssociation(
          members.length === 1 ? name : `${name}-${zones[index]}`,
          { routeTableId: table.id, subnetId: id },
          parent,
        )
      return table
    }
    const everywhere = { destinationCidrBlock: '0.0.0.0/0' }

    const publicTable = routeTable('public', inPublic)
    new aws.ec2.Route('public', { routeTableId: publicTable.id, gatewayId: internet.id, ...everywhere }, parent)

    const gateways = inPublic.slice(0, settings.natGateways).map((place, index) => {
      const name = `nat-${zones[index]}`
      const address = new aws.ec2.Eip(name, { domain: 'vpc', ...named(name) }, { ...parent, dependsOn: [internet] })
      return new aws.ec2.NatGateway(name, { subnetId: place.id, allocationId: address.id, ...named(name) }, parent)
    })
    const appTables = inApp.map((member, index) => {
      const name = `app-${zones[index]}`
      const table = routeTable(name, [member])
      const gateway = gateways[index % gateways.length] as aws.ec2.NatGateway
      new aws.ec2.Route(name, { routeTableId: table.id, natGatewayId: gateway.id, ...everywhere }, parent)
      return table
    })
    routeTable('data', inData)

    this.vpcId = vpc.id
    this.publicSubnetIds = inPublic.map(({ id }) => id)
    this.appSubnetIds = inApp.map(({ id }) => id)
    this.dataSubnetIds = inData.map(({ id }) => id)
    this.natGatewayIds = gateways.map(({ id }) => id)
    this.appRouteTableIds = appTables.map(({ id }) => id)
    this.registerOutputs()
  }
}

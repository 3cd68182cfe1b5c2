import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { appOf, catalogue, type Service } from './catalogue.ts'
import type { CloudFrontAddresses } from './cloudfront-addresses.ts'
import type { Network } from './network.ts'
import type { Settings } from './settings.ts'

/** Ports on which a container listens: for the load balancer, and for its neighbours. */
export const PUBLIC_PORT = 3000
export const INTERNAL_PORT = 3001
export const DATABASE_PORT = 5432
export const QUEUE_PORT = 6379

/** What one module's tasks are members of: those that answer, and those that work behind them. */
export interface ServiceGroups {
  http: pulumi.Output<string>
  worker: pulumi.Output<string>
}

export interface SecurityGroupsArgs {
  settings: Settings
  network: Network
  cloudFront: CloudFrontAddresses
}

/** Who may open a connection to whom. Everything that is not said here is closed. */
export class SecurityGroups extends pulumi.ComponentResource {
  readonly loadBalancer: pulumi.Output<string>
  /** By module. */
  readonly services: Readonly<Record<string, ServiceGroups>>
  /** The one-off task that brings the schemas up to date: it sees the database, and no queue or neighbour. */
  readonly migrator: pulumi.Output<string>
  readonly database: pulumi.Output<string>
  readonly queue: pulumi.Output<string>
  /** In front of the interface endpoints. */
  readonly endpoints: pulumi.Output<string>

  constructor({ settings, network, cloudFront }: SecurityGroupsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('lightpress:network:SecurityGroups', 'security-groups', {}, opts)
    const parent = { parent: this }
    const group = (role: string, description: string) => {
      const name = `${settings.name}-${role}`
      return new aws.ec2.SecurityGroup(role, { vpcId: network.vpcId, name, description, tags: { Name: name } }, parent)
        .id
    }

    this.loadBalancer = group('load-balancer', 'The load balancer')
    this.services = Object.fromEntries(
      catalogue.map((service) => {
        const app = appOf(service)
        const http = group(app, `Tasks of ${app} that answer requests`)
        const worker = group(`${app}-worker`, `Tasks of ${app} that work through queues`)
        return [service.module, { http, worker }]
      }),
    )
    this.migrator = group('migrator', 'One-off tasks that migrate the schemas')
    this.database = group('database', 'PostgreSQL')
    this.queue = group('queue', 'Queues')
    this.endpoints = group('endpoints', 'Interface endpoints of AWS services')

    const allow = (to: Member, from: Member, port: number) =>
      new aws.vpc.SecurityGroupIngressRule(
        `${to.name}-from-${from.name}-${port}`,
        {
          securityGroupId: to.id,
          referencedSecurityGroupId: from.id,
          ipProtocol: 'tcp',
          fromPort: port,
          toPort: port,
          description: `${from.name} to ${to.name}`,
        },
        parent,
      )

    const isPublic = settings.albExposure === 'public'
    for (const port of isPublic ? [80, 443] : [443])
      new aws.vpc.SecurityGroupIngressRule(
        `load-balancer-from-${isPublic ? 'everybody' : 'cloudfront'}-${port}`,
        {
          securityGroupId: this.loadBalancer,
          // The list counts as 55 of the 60 rules that a group may have: once, and for one port.
          ...(isPublic ? { cidrIpv4: '0.0.0.0/0' } : { prefixListId: cloudFront.prefixListId }),
          ipProtocol: 'tcp',
          fromPort: port,
          toPort: port,
          description: isPublic ? 'Everybody' : 'CloudFront',
        },
        parent,
      )

    const balancer = { name: 'load-balancer', id: this.loadBalancer }
    const migrator = { name: 'migrator', id: this.migrator }
    const stores = {
      database: { name: 'database', id: this.database },
      queue: { name: 'queue', id: this.queue },
      endpoints: { name: 'endpoints', id: this.endpoints },
    }
    const tasks = catalogue.flatMap((service) => this.membersOf(service))

    for (const service of catalogue) {
      const [http] = this.membersOf(service)
      allow(http, balancer, PUBLIC_PORT)
      new aws.vpc.SecurityGroupEgressRule(
        `load-balancer-to-${http.name}`,
        {
          securityGroupId: balancer.id,
          referencedSecurityGroupId: http.id,
          ipProtocol: 'tcp',
          fromPort: PUBLIC_PORT,
          toPort: PUBLIC_PORT,
          description: `load-balancer to ${http.name}`,
        },
        parent,
      )
      for (const caller of catalogue.filter(({ neighbours }) => neighbours.includes(service.module)))
        for (const member of this.membersOf(caller)) allow(http, member, INTERNAL_PORT)
    }
    for (const member of [...tasks, migrator]) {
      allow(stores.database, member, DATABASE_PORT)
      allow(stores.endpoints, member, 443)
      // The registry, Stripe, Resend and customers' webhooks; by the NAT gateways, as subnets have no other way.
      new aws.vpc.SecurityGroupEgressRule(
        `${member.name}-out`,
        { securityGroupId: member.id, cidrIpv4: '0.0.0.0/0', ipProtocol: '-1', description: 'Out' },
        parent,
      )
    }
    for (const member of tasks) allow(stores.queue, member, QUEUE_PORT)
    this.registerOutputs()
  }

  private membersOf(service: Service): [http: Member, worker: Member] {
    const app = appOf(service)
    const { http, worker } = this.services[service.module] as ServiceGroups
    return [
      { name: app, id: http },
      { name: `${app}-worker`, id: worker },
    ]
  }
}

interface Member {
  name: string
  id: pulumi.Output<string>
}

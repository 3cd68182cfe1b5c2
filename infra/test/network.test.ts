import { describe, expect, it } from 'vitest'
import { environments } from '../src/settings.ts'
import { recordGraph } from './graph.ts'

const staging = await recordGraph('staging')
const production = await recordGraph('production')
const stacks = { staging, production }

const SUBNET = 'aws:ec2/subnet:Subnet'
const ROUTE = 'aws:ec2/route:Route'

describe.each(environments)('the network of %s', (environment) => {
  const graph = stacks[environment]

  it('is 10.0.0.0/16 with names of its own', () => {
    expect(graph.find('aws:ec2/vpc:Vpc').map(({ inputs }) => inputs)).toMatchObject([
      { cidrBlock: '10.0.0.0/16', enableDnsHostnames: true, enableDnsSupport: true },
    ])
  })

  it('has three subnets in each of three tiers, one in each zone', () => {
    const subnets = graph.find(SUBNET).map(({ name, inputs }) => [name, inputs.cidrBlock, inputs.availabilityZone])
    expect(subnets).toEqual([
      ['public-a', '10.0.1.0/24', 'eu-west-2a'],
      ['public-b', '10.0.2.0/24', 'eu-west-2b'],
      ['public-c', '10.0.3.0/24', 'eu-west-2c'],
      ['app-a', '10.0.11.0/24', 'eu-west-2a'],
      ['app-b', '10.0.12.0/24', 'eu-west-2b'],
      ['app-c', '10.0.13.0/24', 'eu-west-2c'],
      ['data-a', '10.0.21.0/24', 'eu-west-2a'],
      ['data-b', '10.0.22.0/24', 'eu-west-2b'],
      ['data-c', '10.0.23.0/24', 'eu-west-2c'],
    ])
  })

  it('gives nothing a public address by itself', () => {
    expect(graph.find(SUBNET).every(({ inputs }) => inputs.mapPublicIpOnLaunch === false)).toBe(true)
  })

  it('has no way out of the subnets of data', () => {
    const table = graph.get('aws:ec2/routeTable:RouteTable', 'data')
    const members = graph
      .find('aws:ec2/routeTableAssociation:RouteTableAssociation')
      .filter(({ inputs }) => inputs.routeTableId === 'routeTable/data')
    expect(members.map(({ inputs }) => inputs.subnetId)).toEqual(['subnet/data-a', 'subnet/data-b', 'subnet/data-c'])
    expect(table.inputs.routes).toBeUndefined()
    expect(graph.find(ROUTE).map(({ inputs }) => inputs.routeTableId)).not.toContain('routeTable/data')
  })

  it('leads public subnets to the internet, and the subnets of tasks to a NAT gateway', () => {
    const routes = graph.find(ROUTE).map(({ name, inputs }) => [name, inputs.destinationCidrBlock, outOf(inputs)])
    expect(routes[0]).toEqual(['public', '0.0.0.0/0', 'internetGateway/internet'])
    expect(routes.slice(1).map(([name]) => name)).toEqual(['app-a', 'app-b', 'app-c'])
    expect(routes.slice(1).every(([, to, by]) => to === '0.0.0.0/0' && String(by).startsWith('natGateway/'))).toBe(true)
  })

  it('keeps what Pulumi makes beside the VPC closed, too', () => {
    const [group] = graph.find('aws:ec2/defaultSecurityGroup:DefaultSecurityGroup')
    expect(group?.inputs).toMatchObject({ ingress: [], egress: [] })
  })

  it('reaches S3 without leaving the VPC', () => {
    expect(graph.get('aws:ec2/vpcEndpoint:VpcEndpoint', 's3').inputs).toMatchObject({
      serviceName: 'com.amazonaws.eu-west-2.s3',
      vpcEndpointType: 'Gateway',
      routeTableIds: ['routeTable/app-a', 'routeTable/app-b', 'routeTable/app-c'],
    })
  })
})

describe('what the environments differ in', () => {
  it('is a NAT gateway in each zone of production, and one in staging', () => {
    const gateways = (environment: keyof typeof stacks) =>
      stacks[environment].find('aws:ec2/natGateway:NatGateway').map(({ inputs }) => inputs.subnetId)
    expect(gateways('production')).toEqual(['subnet/public-a', 'subnet/public-b', 'subnet/public-c'])
    expect(gateways('staging')).toEqual(['subnet/public-a'])
  })

  it('is which gateway a zone goes out by: its own in production', () => {
    const ways = (environment: keyof typeof stacks) =>
      stacks[environment]
        .find(ROUTE)
        .slice(1)
        .map(({ inputs }) => outOf(inputs))
    expect(ways('production')).toEqual(['natGateway/nat-a', 'natGateway/nat-b', 'natGateway/nat-c'])
    expect(ways('staging')).toEqual(['natGateway/nat-a', 'natGateway/nat-a', 'natGateway/nat-a'])
  })

  it('is private ways to eight services of AWS, which cost by the hour', () => {
    const interfaces = (environment: keyof typeof stacks) =>
      stacks[environment]
        .find('aws:ec2/vpcEndpoint:VpcEndpoint')
        .filter(({ inputs }) => inputs.vpcEndpointType === 'Interface')
    expect(interfaces('staging')).toEqual([])
    expect(interfaces('production').map(({ inputs }) => inputs.serviceName)).toEqual(
      ['ecr.api', 'ecr.dkr', 'secretsmanager', 'logs', 'kms', 'sts', 'ssmmessages', 'monitoring'].map(
        (service) => `com.amazonaws.eu-west-2.${service}`,
      ),
    )
    for (const { inputs } of interfaces('production'))
      expect(inputs).toMatchObject({
        privateDnsEnabled: true,
        subnetIds: ['subnet/app-a', 'subnet/app-b', 'subnet/app-c'],
        securityGroupIds: ['securityGroup/endpoints'],
      })
  })
})

function outOf({ gatewayId, natGatewayId }: Record<string, unknown>): unknown {
  return gatewayId ?? natGatewayId
}

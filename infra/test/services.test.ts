import { beforeAll, describe, expect, it } from 'vitest'
import type { Environment } from '../src/settings.ts'
import { arnOf, idOf, recordGraph, type Graph } from './graph.ts'
import { accounts, containerOf, modules } from './support.ts'

const SERVICE = 'aws:ecs/service:Service'

const graphs = {} as Record<Environment, Graph>
beforeAll(async () => {
  graphs.staging = await recordGraph('staging')
  graphs.production = await recordGraph('production')
})

const inBoth = ['staging', 'production'] as const
const arn = (stack: Environment, type: string, name: string) => arnOf(type, name, accounts[stack])
const serviceOf = (stack: Environment, name: string) => graphs[stack].get(SERVICE, name)

describe('the cluster', () => {
  it.each(inBoth)('of %s counts what its tasks do, and has a namespace in which they find each other', (stack) => {
    const { inputs } = graphs[stack].get('aws:ecs/cluster:Cluster', 'cluster')
    expect(inputs).toMatchObject({
      name: `lightpress-${stack}`,
      settings: [{ name: 'containerInsights', value: 'enhanced' }],
      serviceConnectDefaults: { namespace: arn(stack, 'aws:servicediscovery/httpNamespace:HttpNamespace', 'services') },
    })
    expect(graphs[stack].get('aws:cloudwatch/logGroup:LogGroup', 'insights').inputs.name).toBe(
      `/aws/ecs/containerinsights/lightpress-${stack}/performance`,
    )
  })
})

describe('a service', () => {
  it.each(inBoth)('is there in %s twice for each module, and starts empty', (stack) => {
    const services = graphs[stack].find(SERVICE)
    expect(services.map(({ inputs }) => String(inputs.name)).sort()).toEqual(
      modules.flatMap((module) => [`${module}-http`, `${module}-worker`]).sort(),
    )
    for (const { name, inputs } of services)
      expect(inputs).toMatchObject({
        cluster: arn(stack, 'aws:ecs/cluster:Cluster', 'cluster'),
        taskDefinition: arn(stack, 'aws:ecs/taskDefinition:TaskDefinition', name),
        launchType: 'FARGATE',
        desiredCount: 0,
        deploymentMinimumHealthyPercent: 100,
        deploymentMaximumPercent: 200,
        availabilityZoneRebalancing: 'ENABLED',
        propagateTags: 'SERVICE',
      })
  })

  it.each(inBoth)('is left alone by Pulumi in %s in what the pipeline and autoscaling decide', (stack) => {
    for (const { ignoreChanges } of graphs[stack].find(SERVICE))
      expect(ignoreChanges).toEqual(['taskDefinition', 'desiredCount', 'loadBalancers'])
  })

  it.each(inBoth)('runs in %s in the private subnets, with the security group of its kind', (stack) => {
    for (const module of modules)
      for (const [name, group] of [
        [`${module}-http`, `${module}-service`],
        [`${module}-worker`, `${module}-service-worker`],
      ] as const)
        expect(serviceOf(stack, name).inputs.networkConfiguration).toEqual({
          subnets: ['a', 'b', 'c'].map((zone) => idOf('aws:ec2/subnet:Subnet', `app-${zone}`)),
          securityGroups: [idOf('aws:ec2/securityGroup:SecurityGroup', group)],
          assignPublicIp: false,
        })
  })
})

describe('a new version', () => {
  const inSteps = {
    strategy: 'CANARY',
    canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: '10' },
    bakeTimeInMinutes: '10',
    lifecycleHooks: [
      {
        targetType: 'PAUSE',
        lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
        timeoutConfiguration: { action: 'ROLLBACK', timeoutInMinutes: '30' },
      },
    ],
  }

  it.each(modules)('of %s gets a tenth of production for ten minutes, after somebody has tried it', (module) => {
    const { inputs, dependsOn } = serviceOf('production', `${module}-http`)
    expect(inputs.deploymentConfiguration).toEqual(inSteps)
    expect(inputs).not.toHaveProperty('deploymentCircuitBreaker')
    const target = (colour: string) => arn('production', 'aws:lb/targetGroup:TargetGroup', `${module}-${colour}`)
    const rule = (name: string) => arn('production', 'aws:lb/listenerRule:ListenerRule', `${module}-${name}`)
    expect(inputs.loadBalancers).toEqual([
      {
        containerName: 'service',
        containerPort: 3000,
        targetGroupArn: target('blue'),
        advancedConfiguration: {
          alternateTargetGroupArn: target('green'),
          productionListenerRule: rule('production'),
          testListenerRule: rule('test'),
          roleArn: arn('production', 'aws:iam/role:Role', 'traffic'),
        },
      },
    ])
    // As AWS documents it, without a condition, which ECS might not fulfil.
    expect(JSON.parse(String(graphs.production.get('aws:iam/role:Role', 'traffic').inputs.assumeRolePolicy))).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    })
    // The role can do nothing before it has its policy.
    expect(dependsOn.some((urn) => urn.endsWith('RolePolicyAttachment::traffic'))).toBe(true)
    expect(graphs.production.get('aws:iam/rolePolicyAttachment:RolePolicyAttachment', 'traffic').inputs.policyArn).toBe(
      'arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers',
    )
  })

  it.each(modules)('of %s replaces the old one in staging, and is taken back when it does not start', (module) => {
    const { inputs, dependsOn } = serviceOf('staging', `${module}-http`)
    expect(inputs.deploymentConfiguration).toEqual({ strategy: 'ROLLING' })
    expect(inputs.deploymentCircuitBreaker).toEqual({ enable: true, rollback: true })
    expect(inputs.loadBalancers).toEqual([
      {
        containerName: 'service',
        containerPort: 3000,
        targetGroupArn: arn('staging', 'aws:lb/targetGroup:TargetGroup', `${module}-blue`),
      },
    ])
    // ECS takes no target group that no rule leads to.
    expect(dependsOn.some((urn) => urn.endsWith(`ListenerRule::${module}-production`))).toBe(true)
  })

  it.each(inBoth)('of a worker never stands by in %s, where it would take jobs already', (stack) => {
    for (const module of modules) {
      const { inputs } = serviceOf(stack, `${module}-worker`)
      expect(inputs.deploymentConfiguration).toEqual({ strategy: 'ROLLING' })
      expect(inputs.deploymentCircuitBreaker).toEqual({ enable: true, rollback: true })
      expect(inputs).not.toHaveProperty('loadBalancers')
    }
  })
})

describe('a neighbour', () => {
  it.each(inBoth)('is called in %s by the name of its module, on the internal port alone', (stack) => {
    for (const module of modules) {
      const { inputs } = serviceOf(stack, `${module}-http`)
      expect(inputs.serviceConnectConfiguration).toMatchObject({
        enabled: true,
        namespace: arn(stack, 'aws:servicediscovery/httpNamespace:HttpNamespace', 'services'),
        services: [
          {
            portName: 'internal',
            discoveryName: module,
            clientAlias: [{ dnsName: module, port: 3001 }],
            timeout: { perRequestTimeoutSeconds: 15, idleTimeoutSeconds: 60 },
          },
        ],
      })
      const { portMappings } = containerOf(graphs[stack].get('aws:ecs/taskDefinition:TaskDefinition', `${module}-http`))
      expect(portMappings.find(({ name }) => name === 'internal')?.containerPort).toBe(3001)
    }
  })

  it.each(inBoth)('is found by workers in %s, who are called by nobody', (stack) => {
    for (const module of modules) {
      const { serviceConnectConfiguration } = serviceOf(stack, `${module}-worker`).inputs
      expect(serviceConnectConfiguration.enabled).toBe(true)
      expect(serviceConnectConfiguration).not.toHaveProperty('services')
    }
  })
})

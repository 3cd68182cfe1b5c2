import { beforeAll, describe, expect, it } from 'vitest'
import { CONTAINER, deployTargetName, type DeployTarget } from '../src/deploy-target-type.ts'
import type { Environment } from '../src/settings.ts'
import { arnOf, idOf, recordGraph, type Graph } from './graph.ts'
import { accounts, containerOf, modules } from './support.ts'

const graphs = {} as Record<Environment, Graph>
beforeAll(async () => {
  graphs.staging = await recordGraph('staging')
  graphs.production = await recordGraph('production')
})

const inBoth = ['staging', 'production'] as const

function targetOf(stack: Environment): DeployTarget {
  const { inputs } = graphs[stack].get('aws:ssm/parameter:Parameter', 'deploy-target')
  expect(inputs).toMatchObject({ name: deployTargetName(stack), type: 'String', tier: 'Advanced' })
  // An advanced parameter ends at 8 kB.
  expect(String(inputs.value).length).toBeLessThan(8_192)
  return JSON.parse(String(inputs.value)) as DeployTarget
}

describe('what a deployment is told', () => {
  it('of production is where everything is', () => {
    const { services, ...about } = targetOf('production')
    expect(about).toEqual({
      environment: 'production',
      region: 'eu-west-2',
      account: '222222222222',
      cluster: 'lightpress-production',
      url: 'https://app.lightpress.example',
      web: {
        bucket: 'lightpress-production-web-222222222222',
        distribution: idOf('aws:cloudfront/distribution:Distribution', 'edge'),
      },
      alertTopic: arnOf('aws:sns/topic:Topic', 'critical', '222222222222'),
    })
    expect(services.map(({ module }) => module)).toEqual(modules)
    const arn = (type: string, name: string) => arnOf(type, name, '222222222222')
    expect(services.find(({ module }) => module === 'users')).toEqual({
      module: 'users',
      repository: '111111111111.dkr.ecr.eu-west-2.amazonaws.com/lightpress/users-service',
      http: { service: 'users-http', family: 'users-http', tasks: 3, canary: true },
      worker: { service: 'users-worker', family: 'users-worker', tasks: 2 },
      migrate: {
        family: 'users-migrate',
        subnets: ['a', 'b', 'c'].map((zone) => idOf('aws:ec2/subnet:Subnet', `app-${zone}`)),
        securityGroups: [idOf('aws:ec2/securityGroup:SecurityGroup', 'migrator')],
      },
      alarms: ['http-errors', 'http-latency', 'http-unhealthy', 'errors'].map(
        (alarm) => `lightpress-production-users-${alarm}`,
      ),
      productionRule: arn('aws:lb/listenerRule:ListenerRule', 'users-production'),
      targetGroups: ['blue', 'green'].map((colour) => arn('aws:lb/targetGroup:TargetGroup', `users-${colour}`)),
    })
  })

  it('of staging has no steps in it', () => {
    for (const service of targetOf('staging').services) {
      expect([service.http.canary, service.http.tasks, service.worker.tasks]).toEqual([false, 1, 1])
      expect(service).not.toHaveProperty('productionRule')
      expect(service).not.toHaveProperty('targetGroups')
    }
  })

  it.each(inBoth)('of %s is all there: services, families with their container, alarms', (stack) => {
    const names = (type: string, input: string) => graphs[stack].find(type).map(({ inputs }) => String(inputs[input]))
    const { cluster, services } = targetOf(stack)
    expect(names('aws:ecs/cluster:Cluster', 'name')).toEqual([cluster])
    for (const { http, worker, migrate, alarms } of services) {
      expect(names('aws:ecs/service:Service', 'name')).toEqual(expect.arrayContaining([http.service, worker.service]))
      expect(names('aws:cloudwatch/metricAlarm:MetricAlarm', 'name')).toEqual(expect.arrayContaining(alarms))
      for (const { family } of [http, worker, migrate]) {
        const definition = graphs[stack].get('aws:ecs/taskDefinition:TaskDefinition', family)
        expect(containerOf(definition).name).toBe(CONTAINER)
      }
    }
    expect(accounts[stack]).toBe(targetOf(stack).account)
  })
})

import { describe, expect, it } from 'vitest'
import { catalogue } from '../src/catalogue.ts'
import { environments } from '../src/settings.ts'
import { recordGraph, type Graph } from './graph.ts'

const stacks = { staging: await recordGraph('staging'), production: await recordGraph('production') }
const open = await recordGraph('staging', { config: { 'lightpress:albExposure': 'public' } })
const tasks = catalogue.flatMap(({ module }) => [`${module}-service`, `${module}-service-worker`])

describe.each(environments)('who may open a connection in %s:', (environment) => {
  const graph = stacks[environment]

  it('CloudFront alone to the load balancer, on 443', () => {
    expect(into('load-balancer', graph)).toEqual(['pl/com.amazonaws.global.cloudfront.origin-facing on 443'])
  })

  it('the load balancer to tasks that answer, on 3000, and to nothing else', () => {
    const out = graph.find(EGRESS).filter(({ inputs }) => inputs.securityGroupId === 'securityGroup/load-balancer')
    expect(
      out.map(({ inputs }) => `${inputs.referencedSecurityGroupId} on ${inputs.fromPort}-${inputs.toPort}`),
    ).toEqual(catalogue.map(({ module }) => `securityGroup/${module}-service on 3000-3000`))
  })

  it.each(catalogue)('the load balancer and its callers to $module, each on its own port', ({ module }) => {
    const callers = catalogue.filter(({ neighbours }) => neighbours.includes(module))
    expect(callers.length).toBeGreaterThan(0)
    expect(into(`${module}-service`, graph).sort()).toEqual(
      [
        'load-balancer on 3000',
        ...callers.flatMap((caller) => [`${caller.module}-service on 3001`, `${caller.module}-service-worker on 3001`]),
      ].sort(),
    )
  })

  it('nobody to what works behind queues, nor to what migrates', () => {
    for (const { module } of catalogue) expect(into(`${module}-service-worker`, graph)).toEqual([])
    expect(into('migrator', graph)).toEqual([])
  })

  it('services and the migrator to PostgreSQL, services to the queues, and neither of these to anybody', () => {
    expect(into('database', graph)).toEqual([...tasks, 'migrator'].map((name) => `${name} on 5432`))
    expect(into('queue', graph)).toEqual(tasks.map((name) => `${name} on 6379`))
    expect(outOf('database', graph)).toEqual([])
    expect(outOf('queue', graph)).toEqual([])
  })

  it('services and the migrator to the endpoints of AWS', () => {
    expect(into('endpoints', graph)).toEqual([...tasks, 'migrator'].map((name) => `${name} on 443`))
    expect(outOf('endpoints', graph)).toEqual([])
  })

  it('tasks to the world, by the NAT gateways', () => {
    for (const name of [...tasks, 'migrator']) expect(outOf(name, graph)).toEqual(['0.0.0.0/0'])
  })

  it('nobody by a rule inside a group, which others would not see', () => {
    for (const { inputs } of graph.find('aws:ec2/securityGroup:SecurityGroup'))
      expect([inputs.ingress, inputs.egress]).toEqual([undefined, undefined])
  })
})

describe('the load balancer', () => {
  it('is open to everybody, on 80 and 443, only where the settings say that it is public', () => {
    expect(into('load-balancer', open)).toEqual(['0.0.0.0/0 on 80', '0.0.0.0/0 on 443'])
  })
})

const INGRESS = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule'
const EGRESS = 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule'

function into(group: string, { find }: Graph): string[] {
  return find(INGRESS)
    .filter(({ inputs }) => inputs.securityGroupId === `securityGroup/${group}`)
    .map(({ inputs }) => {
      expect([inputs.ipProtocol, inputs.toPort]).toEqual(['tcp', inputs.fromPort])
      const from = inputs.referencedSecurityGroupId?.replace('securityGroup/', '')
      return `${from ?? inputs.prefixListId ?? inputs.cidrIpv4} on ${inputs.fromPort}`
    })
}

function outOf(group: string, { find }: Graph): string[] {
  return find(EGRESS)
    .filter(({ inputs }) => inputs.securityGroupId === `securityGroup/${group}`)
    .map(({ inputs }) => inputs.cidrIpv4 ?? inputs.referencedSecurityGroupId)
}

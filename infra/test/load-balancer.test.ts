import { describe, expect, it } from 'vitest'
import { catalogue } from '../src/catalogue.ts'
import { pathConditions } from '../src/path-conditions.ts'
import { environments } from '../src/settings.ts'
import { recordGraph, type Graph, type Resource } from './graph.ts'

/** Of the names alone: whoever changes how they come about has to see to it that none is taken while another has it. */
const AUTH = 24_605
const USERS = 21_239

const stacks = { staging: await recordGraph('staging'), production: await recordGraph('production') }

const open = await recordGraph('staging', { config: { 'lightpress:albExposure': 'public' } })
const byTheInternet = await recordGraph('production', {
  config: { 'lightpress:albExposure': 'cloudfront-only', 'lightpress:originKey': 'a-word-of-ours' },
})

const BALANCER = 'aws:lb/loadBalancer:LoadBalancer'
const LISTENER = 'aws:lb/listener:Listener'
const GROUP = 'aws:lb/targetGroup:TargetGroup'
const RULE = 'aws:lb/listenerRule:ListenerRule'
const inProduction = (environment: string) => environment === 'production'

describe.each(environments)('the load balancer of %s', (environment) => {
  const graph = stacks[environment]

  it('stands inside, keeps a log, and drops what no client should send', () => {
    expect(graph.find(BALANCER).map(({ inputs }) => inputs)).toMatchObject([
      {
        loadBalancerType: 'application',
        internal: true,
        subnets: ['subnet/app-a', 'subnet/app-b', 'subnet/app-c'],
        securityGroups: ['securityGroup/load-balancer'],
        dropInvalidHeaderFields: true,
        accessLogs: { enabled: true, prefix: 'load-balancer' },
        enableDeletionProtection: inProduction(environment),
      },
    ])
    const [{ inputs }] = graph.find(BALANCER) as [Resource]
    expect(inputs.accessLogs.bucket).toBe(graph.get('aws:s3/bucket:Bucket', 'logs').inputs.bucket)
  })

  it('listens on 443 alone, with TLS of today and a certificate of its own region', () => {
    expect(graph.find(LISTENER).map(({ inputs }) => inputs)).toMatchObject([
      {
        port: 443,
        protocol: 'HTTPS',
        sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
        defaultActions: [{ type: 'fixed-response', fixedResponse: { statusCode: '404' } }],
      },
    ])
    const [{ inputs }] = graph.find(LISTENER) as [Resource]
    expect(inputs.certificateArn).toContain(':certificate/regional')
  })

  it('has two target groups for every service, which are asked whether they are ready', () => {
    expect(graph.find(GROUP).map(({ name }) => name)).toEqual(
      catalogue.flatMap(({ module }) => [`${module}-blue`, `${module}-green`]),
    )
    for (const { inputs } of graph.find(GROUP))
      expect(inputs).toMatchObject({
        targetType: 'ip',
        protocol: 'HTTP',
        port: 3000,
        deregistrationDelay: 30,
        healthCheck: { path: '/health/ready', matcher: '200' },
      })
  })

  const priorityOf = (rule: string) => Number(graph.get(RULE, rule).inputs.priority)

  it.each(catalogue)('has one rule for $module and one for tests of it, whose weights are left to ECS', (service) => {
    const { module } = service
    const paths = pathConditions(service)
    const test = { httpHeader: { httpHeaderName: 'x-lightpress-test', values: ['next'] } }
    const [forTests, forAll] = ['test', 'production'].map((name) => graph.get(RULE, `${module}-${name}`)) as [
      Resource,
      Resource,
    ]
    expect(forAll.inputs.conditions).toEqual(paths)
    expect(forTests.inputs.conditions).toEqual([...paths, test])
    expect(forTests.inputs.priority).toBeLessThan(forAll.inputs.priority)
    for (const { inputs, ignoreChanges } of [forTests, forAll]) {
      expect(ignoreChanges).toEqual(['actions'])
      expect(inputs.actions).toEqual([
        {
          type: 'forward',
          forward: {
            targetGroups: [
              { arn: arnOf(`${module}-blue`, graph), weight: 100 },
              { arn: arnOf(`${module}-green`, graph), weight: 0 },
            ],
          },
        },
      ])
    }
  })

  it('gives every rule a priority of its own that it keeps when modules come and go, and no more values than AWS takes', () => {
    const priorities = graph.find(RULE).map(({ inputs }) => Number(inputs.priority))
    expect(new Set(priorities).size).toBe(priorities.length)
    expect(priorities.every((priority) => priority >= 1 && priority <= 50_000)).toBe(true)
    expect(priorityOf('auth-test')).toBe(AUTH)
    expect(priorityOf('auth-production')).toBe(AUTH + 25_000)
    expect(priorityOf('users-production')).toBe(USERS + 25_000)
    for (const { inputs } of graph.find(RULE)) expect(valuesOf(inputs.conditions)).toBeLessThanOrEqual(5)
  })
})

describe('the switch of exposure', () => {
  it('puts the load balancer outside and asks for the word of our distribution where CloudFront comes by the internet', () => {
    const graph = byTheInternet
    const [{ inputs }] = graph.find(BALANCER) as [Resource]
    expect([inputs.internal, inputs.subnets[0]]).toEqual([false, 'subnet/public-a'])
    expect(graph.find(LISTENER)).toHaveLength(1)
    for (const rule of graph.find(RULE)) {
      expect(rule.inputs.conditions).toContainEqual({
        httpHeader: { httpHeaderName: 'x-lightpress-origin', values: ['a-word-of-ours'] },
      })
      expect(valuesOf(rule.inputs.conditions)).toBeLessThanOrEqual(5)
    }
    const [origin] = graph
      .get('aws:cloudfront/distribution:Distribution', 'edge')
      .inputs.origins.filter(({ originId }: { originId: string }) => originId === 'interface')
    expect(origin).toMatchObject({
      customOriginConfig: { originProtocolPolicy: 'https-only', originSslProtocols: ['TLSv1.2'] },
      customHeaders: [{ name: 'x-lightpress-origin', value: 'a-word-of-ours' }],
    })
    expect(graph.find('aws:cloudfront/vpcOrigin:VpcOrigin')).toEqual([])
  })

  it('has plain HTTP only where it is public, and there to redirect', () => {
    expect(open.get(LISTENER, 'http').inputs).toMatchObject({
      port: 80,
      protocol: 'HTTP',
      defaultActions: [{ type: 'redirect', redirect: { port: '443', protocol: 'HTTPS', statusCode: 'HTTP_301' } }],
    })
  })
})

function arnOf(name: string, { outputOf }: Graph): unknown {
  return outputOf(GROUP, name).arn
}

function valuesOf(
  conditions: { pathPattern?: { regexValues: string[] }; httpHeader?: { values: string[] } }[],
): number {
  return conditions.reduce(
    (sum, { pathPattern, httpHeader }) =>
      sum + (pathPattern?.regexValues.length ?? 0) + (httpHeader?.values.length ?? 0),
    0,
  )
}

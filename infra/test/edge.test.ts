import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { cachedReads } from '../src/cached-reads.ts'
import { catalogue, prefixesOf } from '../src/catalogue.ts'
import { environments } from '../src/settings.ts'
import { recordGraph, type Graph, type Inputs } from './graph.ts'

const stacks = { staging: await recordGraph('staging'), production: await recordGraph('production') }

const DISTRIBUTION = 'aws:cloudfront/distribution:Distribution'
const FUNCTION = 'aws:cloudfront/function:Function'
const CACHE = 'aws:cloudfront/cachePolicy:CachePolicy'
const YEAR = 31_536_000
/** As AWS documents its own policies. */
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad'
const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6'
const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3'

describe.each(environments)('the distribution of %s', (environment) => {
  const graph = stacks[environment]
  const { inputs } = graph.get(DISTRIBUTION, 'edge')
  const domain = graph.exports.url as string

  it('is the product under its own name, with a certificate from us-east-1 and TLS 1.2 at least', () => {
    expect([`https://${inputs.aliases[0]}`, inputs.aliases.length]).toEqual([domain, 1])
    expect(inputs.viewerCertificate).toMatchObject({
      acmCertificateArn: graph.outputOf('aws:acm/certificate:Certificate', 'edge').arn,
      minimumProtocolVersion: 'TLSv1.2_2021',
    })
    expect(graph.get('aws:acm/certificate:Certificate', 'edge').inputs.region).toBe('us-east-1')
    expect(graph.get('aws:acm/certificate:Certificate', 'regional').inputs.region).toBeUndefined()
    expect(graph.find('aws:acm/certificateValidation:CertificateValidation')).toHaveLength(2)
  })

  it('is where the name leads, over both kinds of addresses', () => {
    const records = graph.find('aws:route53/record:Record').filter((record) => record.inputs.aliases)
    expect(records.map((record) => [record.inputs.type, record.inputs.aliases[0].name])).toEqual([
      ['A', graph.outputOf(DISTRIBUTION, 'edge').domainName],
      ['AAAA', graph.outputOf(DISTRIBUTION, 'edge').domainName],
    ])
  })

  it('reads each bucket under its own signature, and the interface from inside the VPC', () => {
    const origins = inputs.origins as Inputs[]
    expect(origins.map(({ originId }) => originId)).toEqual(['web', 'media', 'assets', 'interface'])
    for (const name of ['web', 'media', 'assets']) {
      expect(origins.find(({ originId }) => originId === name)).toMatchObject({
        originAccessControlId: `originAccessControl/${name}`,
        domainName: graph.outputOf('aws:s3/bucket:Bucket', name).bucketRegionalDomainName,
      })
      expect(graph.get('aws:cloudfront/originAccessControl:OriginAccessControl', name).inputs).toMatchObject({
        originAccessControlOriginType: 's3',
        signingBehavior: 'always',
        signingProtocol: 'sigv4',
      })
    }
    expect(origins[3]).toMatchObject({
      domainName: graph.outputOf('aws:lb/loadBalancer:LoadBalancer', 'public').dnsName,
      vpcOriginConfig: { vpcOriginId: 'vpcOrigin/interface', originReadTimeout: 60 },
    })
    expect(graph.get('aws:cloudfront/vpcOrigin:VpcOrigin', 'interface').inputs.vpcOriginEndpointConfig).toMatchObject({
      arn: graph.outputOf('aws:lb/loadBalancer:LoadBalancer', 'public').arn,
      originProtocolPolicy: 'https-only',
      httpsPort: 443,
    })
  })

  it('decides in this order: what is kept of the interface, files, the rest of the interface, the web', () => {
    const behaviours = inputs.orderedCacheBehaviors as Inputs[]
    const described = behaviours.map(({ pathPattern, targetOriginId, cachePolicyId, originRequestPolicyId }) =>
      [pathPattern, targetOriginId, cachePolicyId, originRequestPolicyId].filter(Boolean).join(' '),
    )
    const nameOnly = 'originRequestPolicy/name-only'
    const rest = `${CACHING_DISABLED} ${ALL_VIEWER}`
    expect(described).toEqual([
      `/v1/auth/oidc interface cachePolicy/read-60 ${nameOnly}`,
      `/.well-known/jwks.json interface cachePolicy/read-60 ${nameOnly}`,
      `/v1/billing/plans interface cachePolicy/read-60 ${nameOnly}`,
      `/v1/users/images/* interface cachePolicy/read-86400 ${nameOnly}`,
      '/media/* media cachePolicy/media',
      '/assets/* assets cachePolicy/assets',
      `/v1/* interface ${rest}`,
      ...['/.well-known', '/docs', '/openapi.json'].flatMap((path) => [
        `${path} interface ${rest}`,
        `${path}/* interface ${rest}`,
      ]),
    ])
  })

  it('takes every method for the interface, and only reads elsewhere', () => {
    const reads = ['GET', 'HEAD']
    for (const { originRequestPolicyId, allowedMethods, cachedMethods } of inputs.orderedCacheBehaviors) {
      expect(cachedMethods).toEqual(reads)
      expect(allowedMethods).toEqual(
        originRequestPolicyId === ALL_VIEWER ? ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'] : reads,
      )
    }
    expect(inputs.defaultCacheBehavior.allowedMethods).toEqual(reads)
    expect(inputs.defaultCacheBehavior.cachePolicyId).toBe(CACHING_OPTIMIZED)
  })

  it('keeps media for a year and assets for thirty days, unless they say otherwise', () => {
    expect(graph.get(CACHE, 'media').inputs).toMatchObject({ defaultTtl: YEAR, maxTtl: YEAR })
    expect(graph.get(CACHE, 'assets').inputs).toMatchObject({ defaultTtl: 2_592_000, maxTtl: YEAR })
  })

  it('keeps an answer for no longer than it says, and knows nothing of who asked', () => {
    for (const seconds of [60, 86_400])
      expect(graph.get(CACHE, `read-${seconds}`).inputs).toMatchObject({ minTtl: 0, maxTtl: seconds })
    for (const policy of graph.find(CACHE)) {
      const { cookiesConfig, headersConfig, queryStringsConfig } =
        policy.inputs.parametersInCacheKeyAndForwardedToOrigin
      expect([cookiesConfig.cookieBehavior, queryStringsConfig.queryStringBehavior]).toEqual(['none', 'none'])
      expect(headersConfig.headers?.items ?? []).toEqual(policy.name.startsWith('read-') ? ['x-lightpress-test'] : [])
    }
    expect(graph.get('aws:cloudfront/originRequestPolicy:OriginRequestPolicy', 'name-only').inputs).toMatchObject({
      cookiesConfig: { cookieBehavior: 'none' },
      headersConfig: { headerBehavior: 'whitelist', headers: { items: ['Host'] } },
      queryStringsConfig: { queryStringBehavior: 'none' },
    })
  })

  it('answers for the web with a policy of content that knows the bucket of uploads, and no frame', () => {
    const { contentSecurityPolicy, contentTypeOptions, referrerPolicy, strictTransportSecurity } = headersOf(
      'web',
      graph,
    )
    const uploads = `https://${graph.outputOf('aws:s3/bucket:Bucket', 'media').bucketRegionalDomainName}`
    expect(contentSecurityPolicy.contentSecurityPolicy).toBe(
      `default-src 'self'; connect-src 'self' ${uploads}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'`,
    )
    expect(contentTypeOptions.override).toBe(true)
    expect(referrerPolicy.referrerPolicy).toBe('same-origin')
    expect(strictTransportSecurity.accessControlMaxAgeSec).toBe(YEAR)
    expect(inputs.defaultCacheBehavior.responseHeadersPolicyId).toBe('responseHeadersPolicy/web')
  })

  it('lets no stored file run', () => {
    expect(headersOf('files', graph).contentSecurityPolicy.contentSecurityPolicy).toBe("default-src 'none'; sandbox")
    for (const path of ['/media/*', '/assets/*'])
      expect(behaviourOf(path, inputs).responseHeadersPolicyId).toBe('responseHeadersPolicy/files')
  })

  it('maps no error to another answer: what is missing is said to be', () => {
    expect(inputs.customErrorResponses).toBeUndefined()
    expect(inputs.defaultCacheBehavior.functionAssociations).toEqual([
      { eventType: 'viewer-request', functionArn: graph.outputOf(FUNCTION, 'single-page').arn },
    ])
  })

  it('stands behind a firewall in us-east-1 that counts what is asked of auth', () => {
    const firewall = graph.get('aws:wafv2/webAcl:WebAcl', 'edge')
    expect(inputs.webAclId).toBe(firewall.outputs.arn)
    expect([firewall.inputs.scope, firewall.inputs.region]).toEqual(['CLOUDFRONT', 'us-east-1'])
    const rules = firewall.inputs.rules as Inputs[]
    expect(rules.map(({ name, priority }) => [name, priority])).toEqual([
      ['rate-of-auth', 0],
      ['AWSManagedRulesAmazonIpReputationList', 1],
      ['AWSManagedRulesKnownBadInputsRuleSet', 2],
      ['AWSManagedRulesCommonRuleSet', 3],
    ])
    expect(rules[0]).toMatchObject({
      action: { block: { customResponse: { responseCode: 429 } } },
      statement: {
        rateBasedStatement: {
          aggregateKeyType: 'IP',
          limit: 300,
          evaluationWindowSec: 300,
          scopeDownStatement: {
            byteMatchStatement: { searchString: '/v1/auth/', positionalConstraint: 'STARTS_WITH' },
          },
        },
      },
    })
  })
})

describe('what is kept of the interface', () => {
  it('is every public answer that says so in its contract, and the pictures', () => {
    expect(cachedReads).toEqual([
      { path: '/v1/auth/oidc', seconds: 60 },
      { path: '/.well-known/jwks.json', seconds: 60 },
      { path: '/v1/billing/plans', seconds: 60 },
      { path: '/v1/users/images/*', seconds: 86_400 },
    ])
  })

  it('shares its path with nothing that changes something or needs a session', () => {
    const operations = catalogue.flatMap(({ contract }) => Object.values(contract.operations))
    for (const { path } of cachedReads) {
      const pattern = new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('*', '.*')}$`)
      const there = operations.filter((operation) => operation.path !== undefined && pattern.test(operation.path))
      expect(there.map(({ method, access }) => [method, access])).toEqual([['GET', 'public']])
    }
  })

  it('and all else of the contracts has a way to the load balancer', () => {
    const { inputs } = stacks.production.get(DISTRIBUTION, 'edge')
    for (const prefix of catalogue.flatMap(prefixesOf)) {
      const ways = (inputs.orderedCacheBehaviors as Inputs[]).filter(({ pathPattern }) =>
        new RegExp(`^${pathPattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(`${prefix}/x`),
      )
      expect(ways[0]?.targetOriginId, prefix).toBe('interface')
    }
  })
})

describe('the function that gives the one page', () => {
  const { code, runtime } = stacks.production.get(FUNCTION, 'single-page').inputs
  const run = runInNewContext(`${code}; handler`) as (event: unknown) => { uri: string }
  const ask = (uri: string, accept?: string) =>
    run({ request: { uri, headers: accept === undefined ? {} : { accept: { value: accept } } } }).uri
  const browser = 'text/html,application/xhtml+xml,*/*;q=0.8'

  it('is source that CloudFront can run: nothing of TypeScript, and no syntax that it may lack', () => {
    expect(runtime).toBe('cloudfront-js-2.0')
    expect(code).toMatch(/^function handler\(event\)/)
    expect(code).not.toMatch(/\?\.|\?\?|=>|\.\.\./)
  })

  it('gives it for every address that a browser opens', () => {
    for (const uri of ['/', '/settings/members', '/invitations/a.b', '/pricing'])
      expect(ask(uri, browser)).toBe('/index.html')
  })

  it('leaves files, and what programs ask for, what they are', () => {
    expect(ask('/app-assets/index-1a2b.js', '*/*')).toBe('/app-assets/index-1a2b.js')
    expect(ask('/app-assets/gone.js', browser)).toBe('/app-assets/gone.js')
    expect(ask('/settings', 'application/json')).toBe('/settings')
    expect(ask('/robots.txt')).toBe('/robots.txt')
  })
})

function headersOf(name: string, graph: Graph): Inputs {
  return graph.get('aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy', name).inputs.securityHeadersConfig
}

function behaviourOf(path: string, inputs: Inputs): Inputs {
  return inputs.orderedCacheBehaviors.find(({ pathPattern }: { pathPattern: string }) => pathPattern === path)
}

import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { letDistributionRead } from './bucket-policies.ts'
import type { Bucket, Buckets } from './buckets.ts'
import { cachedReads } from './cached-reads.ts'
import { catalogue, prefixesOf } from './catalogue.ts'
import { createEdgePolicies, type EdgePolicies } from './edge-policies.ts'
import { createFirewall } from './firewall.ts'
import { ORIGIN_KEY_HEADER, type LoadBalancer } from './load-balancer.ts'
import type { Settings } from './settings.ts'
import { handler } from './single-page.ts'

type Behaviour = aws.types.input.cloudfront.DistributionOrderedCacheBehavior
type Origin = aws.types.input.cloudfront.DistributionOrigin

export interface EdgeArgs {
  settings: Settings
  buckets: Buckets
  loadBalancer: LoadBalancer
  /** In us-east-1, and validated. */
  certificateArn: pulumi.Input<string>
}

/** The one public address: the web from its bucket, files from theirs, and the interface from the load balancer. */
export class Edge extends pulumi.ComponentResource {
  readonly distributionId: pulumi.Output<string>
  readonly distributionArn: pulumi.Output<string>

  constructor({ settings, buckets, loadBalancer, certificateArn }: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super('lightpress:edge:Edge', 'edge', {}, opts)
    const parent = { parent: this }
    const policies = createEdgePolicies(settings, buckets, this)
    const page = new aws.cloudfront.Function(
      'single-page',
      { name: `${settings.name}-single-page`, runtime: 'cloudfront-js-2.0', code: handler.toString(), publish: true },
      parent,
    )
    const distribution = new aws.cloudfront.Distribution(
      'edge',
      {
        enabled: true,
        aliases: [settings.domain],
        comment: settings.name,
        httpVersion: 'http2and3',
        isIpv6Enabled: true,
        // Europe and North America: elsewhere people are answered from there.
        priceClass: 'PriceClass_100',
        defaultRootObject: 'index.html',
        webAclId: createFirewall(settings, this).arn,
        viewerCertificate: {
          acmCertificateArn: certificateArn,
          sslSupportMethod: 'sni-only',
          minimumProtocolVersion: 'TLSv1.2_2021',
        },
        restrictions: { geoRestriction: { restrictionType: 'none' } },
        origins: [
          bucketOrigin('web', buckets.web, { settings, parent: this }),
          bucketOrigin('media', buckets.media, { settings, parent: this }),
          bucketOrigin('assets', buckets.assets, { settings, parent: this }),
          interfaceOrigin(settings, loadBalancer, this),
        ],
        // The first that matches decides.
        orderedCacheBehaviors: [
          ...cachedReads.map(({ path, seconds }) => readBehaviour(path, seconds, policies)),
          fileBehaviour('media', policies),
          fileBehaviour('assets', policies),
          ...interfacePaths().map((path) => interfaceBehaviour(path, policies)),
        ],
        defaultCacheBehavior: {
          targetOriginId: 'web',
          viewerProtocolPolicy: 'redirect-to-https',
          allowedMethods: ['GET', 'HEAD'],
          cachedMethods: ['GET', 'HEAD'],
          compress: true,
          cachePolicyId: policies.asSaid,
          responseHeadersPolicyId: policies.webHeaders,
          functionAssociations: [{ eventType: 'viewer-request', functionArn: page.arn }],
        },
      },
      parent,
    )
    letDistributionRead(buckets, { distributionArn: distribution.arn, parent: this })
    for (const type of ['A', 'AAAA'])
      new aws.route53.Record(
        type,
        {
          zoneId: settings.hostedZoneId,
          name: settings.domain,
          type,
          aliases: [{ name: distribution.domainName, zoneId: distribution.hostedZoneId, evaluateTargetHealth: false }],
        },
        parent,
      )
    this.distributionId = distribution.id
    this.distributionArn = distribution.arn
    this.registerOutputs()
  }
}

/** All of /v1, and the few prefixes of contracts beside it, each with what lies below. */
export function interfacePaths(): string[] {
  const beside = catalogue.flatMap(prefixesOf).filter((prefix) => !prefix.startsWith('/v1/'))
  return ['/v1/*', ...beside.flatMap((prefix) => [prefix, `${prefix}/*`])]
}

function bucketOrigin(
  originId: string,
  { domainName }: Bucket,
  { settings, parent }: { settings: Settings; parent: pulumi.Resource },
): Origin {
  const access = new aws.cloudfront.OriginAccessControl(
    originId,
    {
      name: `${settings.name}-${originId}`,
      originAccessControlOriginType: 's3',
      signingBehavior: 'always',
      signingProtocol: 'sigv4',
    },
    { parent },
  )
  return { originId, domainName, originAccessControlId: access.id }
}

function interfaceOrigin(settings: Settings, balancer: LoadBalancer, parent: pulumi.Resource): Origin {
  // The certificate is for the name that was asked for, which is passed on and therefore what CloudFront holds it against.
  const origin = { originId: 'interface', domainName: balancer.dnsName }
  // Longer than a stream is silent: it says that it is there every fifteen seconds.
  const patience = { originReadTimeout: 60, originKeepaliveTimeout: 60 }
  const https = { originProtocolPolicy: 'https-only', httpPort: 80, httpsPort: 443 }
  if (settings.albExposure === 'vpc-origin') {
    const { id } = new aws.cloudfront.VpcOrigin(
      'interface',
      {
        vpcOriginEndpointConfig: {
          name: settings.name,
          arn: balancer.listeningArn,
          ...https,
          originSslProtocols: { items: ['TLSv1.2'], quantity: 1 },
        },
      },
      { parent },
    )
    return { ...origin, vpcOriginConfig: { vpcOriginId: id, ...patience } }
  }
  return {
    ...origin,
    customOriginConfig: { ...https, originSslProtocols: ['TLSv1.2'], ...patience },
    ...(settings.originKey && { customHeaders: [{ name: ORIGIN_KEY_HEADER, value: settings.originKey }] }),
  }
}

function interfaceBehaviour(pathPattern: string, policies: EdgePolicies): Behaviour {
  return {
    pathPattern,
    targetOriginId: 'interface',
    viewerProtocolPolicy: 'redirect-to-https',
    allowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'],
    cachedMethods: ['GET', 'HEAD'],
    cachePolicyId: policies.never,
    originRequestPolicyId: policies.everything,
  }
}

function readBehaviour(pathPattern: string, seconds: number, policies: EdgePolicies): Behaviour {
  return {
    pathPattern,
    targetOriginId: 'interface',
    viewerProtocolPolicy: 'redirect-to-https',
    allowedMethods: ['GET', 'HEAD'],
    cachedMethods: ['GET', 'HEAD'],
    compress: true,
    cachePolicyId: policies.reads.get(seconds),
    originRequestPolicyId: policies.nameOnly,
  }
}

function fileBehaviour(kind: 'media' | 'assets', policies: EdgePolicies): Behaviour {
  return {
    pathPattern: `/${kind}/*`,
    targetOriginId: kind,
    viewerProtocolPolicy: 'redirect-to-https',
    allowedMethods: ['GET', 'HEAD'],
    cachedMethods: ['GET', 'HEAD'],
    compress: true,
    cachePolicyId: policies[kind],
    responseHeadersPolicyId: policies.fileHeaders,
  }
}

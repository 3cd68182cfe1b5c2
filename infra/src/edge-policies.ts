import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import type { Buckets } from './buckets.ts'
import { cachedReads } from './cached-reads.ts'
import { TEST_HEADER } from './deploy-target-type.ts'
import type { Settings } from './settings.ts'

const DAY = 24 * 60 * 60
const YEAR = 365 * DAY

/** Policies of AWS's own: the same ids in every account. */
const MANAGED = {
  cachingDisabled: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  cachingOptimized: '658327ea-f89d-4fab-a63d-7e88639e58f6',
  allViewer: '216adef6-5c7f-47e4-b989-5492eafa07d3',
} as const

/** How the distribution keeps, passes on and answers: ids of policies. */
export interface EdgePolicies {
  /** Keeps nothing. */
  never: string
  /** Keeps as the object's own headers say. */
  asSaid: string
  media: pulumi.Output<string>
  assets: pulumi.Output<string>
  /** Seconds of a cached read → policy. */
  reads: ReadonlyMap<number, pulumi.Output<string>>
  /** Passes everything on, `Authorization`, cookies and the name that was asked for included. */
  everything: string
  /** Passes on the name that was asked for, to which alone services answer, and nothing of who asks. */
  nameOnly: pulumi.Output<string>
  /** Headers of the web's answers. */
  webHeaders: pulumi.Output<string>
  /** Headers of stored files, which are to be looked at and never run. */
  fileHeaders: pulumi.Output<string>
}

export function createEdgePolicies(settings: Settings, buckets: Buckets, parent: pulumi.Resource): EdgePolicies {
  const { name } = settings
  const none = { headerBehavior: 'none' }
  const keep = (what: string, [defaultTtl, maxTtl]: [number, number], headers: string[] = []) =>
    new aws.cloudfront.CachePolicy(
      what,
      {
        name: `${name}-${what}`,
        minTtl: 0,
        defaultTtl,
        maxTtl,
        parametersInCacheKeyAndForwardedToOrigin: {
          cookiesConfig: { cookieBehavior: 'none' },
          headersConfig: headers.length > 0 ? { headerBehavior: 'whitelist', headers: { items: headers } } : none,
          queryStringsConfig: { queryStringBehavior: 'none' },
          enableAcceptEncodingBrotli: true,
          enableAcceptEncodingGzip: true,
        },
      },
      { parent },
    ).id
  const ages = [...new Set(cachedReads.map(({ seconds }) => seconds))]
  const nameOnly = new aws.cloudfront.OriginRequestPolicy(
    'name-only',
    {
      name: `${name}-name-only`,
      cookiesConfig: { cookieBehavior: 'none' },
      headersConfig: { headerBehavior: 'whitelist', headers: { items: ['Host'] } },
      queryStringsConfig: { queryStringBehavior: 'none' },
    },
    { parent },
  )
  return {
    never: MANAGED.cachingDisabled,
    asSaid: MANAGED.cachingOptimized,
    media: keep('media', [YEAR, YEAR]),
    assets: keep('assets', [30 * DAY, YEAR]),
    // What a test is answered by the next version is no answer for others, nor theirs one for a test.
    reads: new Map(ages.map((seconds) => [seconds, keep(`read-${seconds}`, [seconds, seconds], [TEST_HEADER.name])])),
    everything: MANAGED.allViewer,
    nameOnly: nameOnly.id,
    webHeaders: headersPolicy('web', webPolicy(buckets), { settings, parent }),
    fileHeaders: headersPolicy('files', "default-src 'none'; sandbox", { settings, parent }),
  }
}

/** What the build brings along and our own interface, nothing else, and in nobody's frame; uploads go to the bucket. */
function webPolicy({ media }: Buckets): pulumi.Output<string> {
  return pulumi
    .all([
      "default-src 'self'",
      pulumi.interpolate`connect-src 'self' https://${media.domainName}`,
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "object-src 'none'",
    ])
    .apply((directives) => directives.join('; '))
}

function headersPolicy(
  what: string,
  contentSecurityPolicy: pulumi.Input<string>,
  { settings, parent }: { settings: Settings; parent: pulumi.Resource },
): pulumi.Output<string> {
  return new aws.cloudfront.ResponseHeadersPolicy(
    what,
    {
      name: `${settings.name}-${what}`,
      securityHeadersConfig: {
        contentSecurityPolicy: { contentSecurityPolicy, override: true },
        contentTypeOptions: { override: true },
        // Not `no-referrer`, under which forms say `Origin: null`.
        referrerPolicy: { referrerPolicy: 'same-origin', override: true },
        strictTransportSecurity: { accessControlMaxAgeSec: YEAR, override: true },
      },
    },
    { parent },
  ).id
}

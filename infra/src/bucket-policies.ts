import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import type { Bucket, Buckets } from './buckets.ts'
import type { Settings } from './settings.ts'

/** A statement of an IAM policy, as AWS reads it. */
export interface Statement {
  Sid: string
  Effect: 'Allow' | 'Deny'
  Principal?: '*' | Record<string, string | string[]>
  Action: string | string[]
  Resource?: string | string[]
  Condition?: Record<string, Record<string, string | string[]>>
}

export function policyOf(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

export function overTlsOnly(bucketArn: string): Statement {
  return {
    Sid: 'OverTlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  }
}

export function loadBalancerLogs(bucketArn: string, { accountId }: Settings): Statement {
  return {
    Sid: 'LoadBalancerLogs',
    Effect: 'Allow',
    Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
    Action: 's3:PutObject',
    Resource: `${bucketArn}/load-balancer/AWSLogs/${accountId}/*`,
  }
}

/**
 * What CloudFront may read, and no other distribution than ours: of the media only what lies under `media/`, so that
 * people's own files never have a public address.
 */
export function letDistributionRead(
  buckets: Buckets,
  { distributionArn, parent }: { distributionArn: pulumi.Output<string>; parent: pulumi.Resource },
): void {
  const readable: [name: string, bucket: Bucket, objects: string][] = [
    ['web', buckets.web, '*'],
    ['media', buckets.media, 'media/*'],
    ['assets', buckets.assets, 'assets/*'],
  ]
  for (const [name, bucket, objects] of readable)
    new aws.s3.BucketPolicy(
      name,
      {
        bucket: bucket.name,
        policy: pulumi
          .all([bucket.arn, distributionArn])
          .apply(([arn, distribution]) => policyOf([overTlsOnly(arn), ...readBy(distribution, { arn, objects })])),
      },
      { parent },
    )
}

function readBy(distribution: string, { arn, objects }: { arn: string; objects: string }): Statement[] {
  const who = {
    Effect: 'Allow' as const,
    Principal: { Service: 'cloudfront.amazonaws.com' },
    Condition: { StringEquals: { 'aws:SourceArn': distribution } },
  }
  return [
    { Sid: 'Read', ...who, Action: 's3:GetObject', Resource: `${arn}/${objects}` },
    // Without it S3 says "forbidden" of what is not there.
    { Sid: 'SayWhatIsNotThere', ...who, Action: 's3:ListBucket', Resource: arn },
  ]
}

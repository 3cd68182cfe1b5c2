import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { loadBalancerLogs, overTlsOnly, policyOf } from './bucket-policies.ts'
import type { Settings } from './settings.ts'
import { sizing } from './sizing.ts'

/** Where in the media bucket users keeps what people upload and export; nobody but users reads it. */
export const FILES_PREFIX = 'files'

export interface Bucket {
  name: pulumi.Output<string>
  arn: pulumi.Output<string>
  /** `bucket.s3.eu-west-2.amazonaws.com` */
  domainName: pulumi.Output<string>
}

/** Of an object's former versions, and of what was erased, nothing is left after this many days. */
const FORMER_VERSION_DAYS = 30

/**
 * The build of the web (`web`), files of people (`media`), files of ours that pages show (`assets`), and logs. All are
 * closed, encrypted and versioned, and answer over TLS alone.
 */
export class Buckets extends pulumi.ComponentResource {
  readonly web: Bucket
  readonly media: Bucket
  readonly assets: Bucket
  /** Name of the bucket; whoever has it from here waits for the policy that lets the load balancer write. */
  readonly logs: pulumi.Output<string>
  /** STORAGE_URL of users. */
  readonly filesUrl: pulumi.Output<string>

  constructor(
    { settings, keyArn }: { settings: Settings; keyArn: pulumi.Input<string> },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('lightpress:storage:Buckets', 'buckets', {}, opts)
    const under = { settings, parent: this }
    const encryption = { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn }
    this.web = createBucket('web', { ...under, encryption })
    this.media = createBucket('media', { ...under, encryption })
    this.assets = createBucket('assets', { ...under, encryption })
    // The load balancer cannot write to a bucket with a key of ours.
    const logs = createBucket('logs', {
      ...under,
      encryption: { sseAlgorithm: 'AES256' },
      expireDays: sizing[settings.environment].logDays,
    })

    // Browsers upload to addresses that users has signed.
    new aws.s3.BucketCorsConfiguration(
      'media',
      {
        bucket: this.media.name,
        corsRules: [
          {
            allowedMethods: ['PUT'],
            allowedOrigins: [settings.publicUrl],
            allowedHeaders: ['content-type'],
            maxAgeSeconds: 3600,
          },
        ],
      },
      { parent: this },
    )
    this.logs = new aws.s3.BucketPolicy(
      'logs',
      {
        bucket: logs.name,
        policy: logs.arn.apply((arn) => policyOf([overTlsOnly(arn), loadBalancerLogs(arn, settings)])),
      },
      { parent: this },
    ).bucket
    this.filesUrl = pulumi.interpolate`s3://${this.media.name}/${FILES_PREFIX}?region=${settings.region}`
    this.registerOutputs()
  }
}

interface BucketOptions {
  settings: Settings
  encryption: aws.types.input.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefault
  expireDays?: number
  parent: pulumi.Resource
}

function createBucket(name: string, { settings, encryption, expireDays, parent }: BucketOptions): Bucket {
  // Names are one world's: the account's number keeps ours from being somebody else's.
  const physical = `${settings.name}-${name}-${settings.accountId}`
  const bucket = new aws.s3.Bucket(name, { bucket: physical }, { parent, protect: true })
  const about = { bucket: bucket.bucket }
  new aws.s3.BucketPublicAccessBlock(
    name,
    { ...about, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    { parent },
  )
  new aws.s3.BucketOwnershipControls(name, { ...about, rule: { objectOwnership: 'BucketOwnerEnforced' } }, { parent })
  new aws.s3.BucketServerSideEncryptionConfiguration(
    name,
    {
      ...about,
      rules: [
        { applyServerSideEncryptionByDefault: encryption, bucketKeyEnabled: encryption.sseAlgorithm === 'aws:kms' },
      ],
    },
    { parent },
  )
  const versioning = new aws.s3.BucketVersioning(
    name,
    { ...about, versioningConfiguration: { status: 'Enabled' } },
    { parent },
  )
  new aws.s3.BucketLifecycleConfiguration(
    name,
    {
      bucket: versioning.bucket,
      rules: [
        {
          id: 'clean',
          status: 'Enabled',
          filter: {},
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          noncurrentVersionExpiration: { noncurrentDays: FORMER_VERSION_DAYS },
          ...(expireDays !== undefined && { expiration: { days: expireDays } }),
        },
      ],
    },
    { parent },
  )
  return { name: bucket.bucket, arn: bucket.arn, domainName: bucket.bucketRegionalDomainName }
}

import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import type { Settings } from './settings.ts'

/** The key that everything of an environment is encrypted with. */
export class Keys extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>

  constructor({ name, accountId, region }: Settings, opts?: pulumi.ComponentResourceOptions) {
    super('lightpress:keys:Keys', 'keys', {}, opts)
    const parent = { parent: this }
    const key = new aws.kms.Key(
      'data',
      {
        description: `Everything that ${name} keeps`,
        deletionWindowInDays: 30,
        enableKeyRotation: true,
        policy: JSON.stringify(keyPolicy({ name, accountId, region })),
      },
      // With the key goes everything that it has encrypted.
      { ...parent, protect: true },
    )
    new aws.kms.Alias('data', { name: `alias/${name}`, targetKeyId: key.id }, parent)
    this.arn = key.arn
    this.registerOutputs()
  }
}

/** Identities get their use of it from their own policies; services of AWS that work on their own account are named. */
export function keyPolicy({ name, accountId, region }: Pick<Settings, 'name' | 'accountId' | 'region'>) {
  const logGroups = [`/${name}/*`, `/aws/*/${name}/*`].map(
    (group) => `arn:aws:logs:${region}:${accountId}:log-group:${group}`,
  )
  const use = ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*', 'kms:DescribeKey']
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Account',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${accountId}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
      {
        Sid: 'Logs',
        Effect: 'Allow',
        Principal: { Service: `logs.${region}.amazonaws.com` },
        Action: use,
        Resource: '*',
        Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
      },
      {
        Sid: 'Alarms',
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Resource: '*',
        Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
      },
      {
        Sid: 'Events',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Resource: '*',
        // EventBridge does not say for whom it asks, and what it may not encrypt is lost without a word. SNS says for what.
        Condition: {
          ArnLike: { 'kms:EncryptionContext:aws:sns:topicArn': `arn:aws:sns:${region}:${accountId}:${name}-*` },
        },
      },
      {
        Sid: 'Distribution',
        Effect: 'Allow',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Action: ['kms:Decrypt'],
        Resource: '*',
        Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:cloudfront::${accountId}:distribution/*` } },
      },
    ],
  }
}

import * as aws from '@pulumi/aws'
import * as awsx from '@pulumi/awsx'
import { validateResourceOfType, type ReportViolation, type ResourceValidationPolicy } from '@pulumi/policy'

export const encryptionPolicies: readonly ResourceValidationPolicy[] = [
  {
    name: 'everything-has-our-key',
    description: 'What keeps data keeps it under the key of the environment, not under one of AWS.',
    validateResource: [
      validateResourceOfType(aws.cloudwatch.LogGroup, ({ kmsKeyId }, _args, report) => requireKey(kmsKeyId, report)),
      validateResourceOfType(aws.rds.Instance, ({ kmsKeyId }, _args, report) => requireKey(kmsKeyId, report)),
      validateResourceOfType(aws.elasticache.ReplicationGroup, ({ kmsKeyId }, _args, report) =>
        requireKey(kmsKeyId, report),
      ),
      validateResourceOfType(aws.secretsmanager.Secret, ({ kmsKeyId }, _args, report) => requireKey(kmsKeyId, report)),
      validateResourceOfType(aws.sns.Topic, ({ kmsMasterKeyId }, _args, report) => requireKey(kmsMasterKeyId, report)),
    ],
  },
  {
    name: 'database-is-encrypted',
    description: 'The database, its backups and what it tells of its own performance are encrypted.',
    validateResource: validateResourceOfType(aws.rds.Instance, (database, _args, report) => {
      if (database.storageEncrypted !== true) report('set storageEncrypted')
      if (database.performanceInsightsEnabled) requireKey(database.performanceInsightsKmsKeyId, report)
      if (database.manageMasterUserPassword !== true) report('let RDS keep the password: set manageMasterUserPassword')
    }),
  },
  {
    name: 'queue-is-encrypted',
    description: 'The queue is encrypted where it lies and on its way.',
    validateResource: validateResourceOfType(aws.elasticache.ReplicationGroup, (queue, _args, report) => {
      if (queue.atRestEncryptionEnabled !== true) report('set atRestEncryptionEnabled')
      if (queue.transitEncryptionEnabled !== true) report('set transitEncryptionEnabled')
    }),
  },
  {
    name: 'images-stay-what-they-are',
    description: 'A repository is encrypted and scanned, and no tag in it moves but those of branches.',
    validateResource: [
      validateResourceOfType(awsx.ecr.Repository, (repository, _args, report) => requireFixed(repository, report)),
      // What the component makes, which only Pulumi itself sees.
      validateResourceOfType(aws.ecr.Repository, (repository, _args, report) => requireFixed(repository, report)),
    ],
  },
  {
    name: 'key-rotates',
    description: 'A key is rotated every year, and can be brought back for thirty days.',
    validateResource: validateResourceOfType(
      aws.kms.Key,
      ({ enableKeyRotation, deletionWindowInDays }, _args, report) => {
        if (enableKeyRotation !== true) report('set enableKeyRotation')
        if (deletionWindowInDays !== 30) report('set deletionWindowInDays to 30')
      },
    ),
  },
  {
    name: 'logs-end',
    description: 'Logs are kept for as long as was decided, not for ever.',
    validateResource: validateResourceOfType(aws.cloudwatch.LogGroup, ({ retentionInDays }, _args, report) => {
      if (!retentionInDays) report('set retentionInDays')
    }),
  },
]

function requireKey(key: string | undefined, report: ReportViolation): void {
  if (!key?.startsWith('arn:aws:kms:')) report('encrypt it with the key of the environment')
}

interface Fixed {
  encryptionConfigurations?: { encryptionType?: string | undefined }[] | undefined
  imageScanningConfiguration?: { scanOnPush: boolean } | undefined
  imageTagMutability?: string | undefined
  imageTagMutabilityExclusionFilters?: { filter: string }[] | undefined
}

function requireFixed(repository: Fixed, report: ReportViolation): void {
  const { encryptionConfigurations, imageScanningConfiguration, imageTagMutability } = repository
  const { imageTagMutabilityExclusionFilters: excluded = [] } = repository
  if (encryptionConfigurations?.[0]?.encryptionType !== 'KMS') report('encrypt it with KMS')
  if (imageScanningConfiguration?.scanOnPush !== true) report('scan on push')
  if (!imageTagMutability?.startsWith('IMMUTABLE')) report('make tags immutable')
  if (excluded.some(({ filter }) => filter !== 'branch-*')) report('let no tag move but branch-*')
}

import type { ResourceRule } from './rule.ts'

/** Type → the input that holds the key. */
const withKey: Record<string, string> = {
  'aws:cloudwatch/logGroup:LogGroup': 'kmsKeyId',
  'aws:elasticache/replicationGroup:ReplicationGroup': 'kmsKeyId',
  'aws:rds/instance:Instance': 'kmsKeyId',
  'aws:secretsmanager/secret:Secret': 'kmsKeyId',
  'aws:sns/topic:Topic': 'kmsMasterKeyId',
}

export const encryptionRules: readonly ResourceRule[] = [
  {
    name: 'everything-has-our-key',
    description: 'What keeps data keeps it under the key of the environment, not under one of AWS.',
    types: Object.keys(withKey),
    wrong(props, { type }) {
      const input = withKey[type] as string
      const key: unknown = props[input]
      return typeof key === 'string' && /(^arn:aws:kms:|:key\/)/.test(key) ? undefined : `set ${input} to the key`
    },
  },
  {
    name: 'database-is-encrypted',
    description: 'The database, its backups and what it tells of its own performance are encrypted.',
    types: ['aws:rds/instance:Instance'],
    wrong({ storageEncrypted, performanceInsightsEnabled, performanceInsightsKmsKeyId }) {
      if (storageEncrypted !== true) return 'set storageEncrypted'
      if (performanceInsightsEnabled && !performanceInsightsKmsKeyId) return 'set performanceInsightsKmsKeyId'
      return undefined
    },
  },
  {
    name: 'queue-is-encrypted',
    description: 'The queue is encrypted where it lies and on its way.',
    types: ['aws:elasticache/replicationGroup:ReplicationGroup'],
    wrong({ atRestEncryptionEnabled, transitEncryptionEnabled }) {
      if (atRestEncryptionEnabled !== true) return 'set atRestEncryptionEnabled'
      return transitEncryptionEnabled === true ? undefined : 'set transitEncryptionEnabled'
    },
  },
  {
    name: 'images-stay-what-they-are',
    description: 'A repository is encrypted and scanned, and no tag in it moves but those of branches.',
    types: ['aws:ecr/repository:Repository'],
    wrong({ encryptionConfigurations, imageScanningConfiguration, imageTagMutability, ...props }) {
      const excluded: { filter: string }[] = props.imageTagMutabilityExclusionFilters ?? []
      if (encryptionConfigurations?.[0]?.encryptionType !== 'KMS') return 'encrypt it with KMS'
      if (imageScanningConfiguration?.scanOnPush !== true) return 'scan on push'
      if (!String(imageTagMutability).startsWith('IMMUTABLE')) return 'make tags immutable'
      return excluded.every(({ filter }) => filter === 'branch-*') ? undefined : 'let no tag move but branch-*'
    },
  },
  {
    name: 'key-rotates',
    description: 'A key is rotated every year, and can be brought back for thirty days.',
    types: ['aws:kms/key:Key'],
    wrong({ enableKeyRotation, deletionWindowInDays }) {
      if (enableKeyRotation !== true) return 'set enableKeyRotation'
      return deletionWindowInDays === 30 ? undefined : 'set deletionWindowInDays to 30'
    },
  },
  {
    name: 'logs-end',
    description: 'Logs are kept for as long as was decided, not for ever.',
    types: ['aws:cloudwatch/logGroup:LogGroup'],
    wrong: ({ retentionInDays }) => (retentionInDays > 0 ? undefined : 'set retentionInDays'),
  },
]

import { statementsOf } from './access.ts'
import type { Props, StackResource, StackRule } from './rule.ts'

/** What a bucket has beside it, and what must be said there. */
const beside: Record<string, (props: Props) => boolean> = {
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': (props) =>
    ['blockPublicAcls', 'blockPublicPolicy', 'ignorePublicAcls', 'restrictPublicBuckets'].every((name) => props[name]),
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': ({ rules }) =>
    rules?.length > 0,
  'aws:s3/bucketVersioning:BucketVersioning': ({ versioningConfiguration }) =>
    versioningConfiguration?.status === 'Enabled',
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': ({ rules }) => rules?.length > 0,
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls': ({ rule }) =>
    rule?.objectOwnership === 'BucketOwnerEnforced',
  'aws:s3/bucketPolicy:BucketPolicy': ({ policy }) => isOverTlsOnly(policy) && !isForEverybody(policy),
}

export const bucketRules: readonly StackRule[] = [
  {
    name: 'buckets-are-closed',
    description: 'Every bucket is closed to the public, encrypted, versioned, tidied, and answers over TLS alone.',
    wrong(resources) {
      const buckets = resources.filter(({ type }) => type === 'aws:s3/bucket:Bucket')
      return buckets.flatMap(({ name, props }) =>
        Object.entries(beside)
          .filter(([type, holds]) => !about(props.bucket, type, resources).some((found) => holds(found.props)))
          .map(([type]) => ({ name, problem: `has no ${type.split(':').at(-1) ?? type} that says what it must` })),
      )
    },
  },
]

function about(bucket: unknown, type: string, resources: readonly StackResource[]): StackResource[] {
  return resources.filter((resource) => resource.type === type && resource.props.bucket === bucket)
}

function isOverTlsOnly(policy: unknown): boolean {
  return statementsOf(policy).some(
    ({ Effect, Principal, Condition }) =>
      Effect === 'Deny' && Principal === '*' && Condition?.Bool?.['aws:SecureTransport'] === 'false',
  )
}

function isForEverybody(policy: unknown): boolean {
  return statementsOf(policy).some(({ Effect, Principal }) => Effect === 'Allow' && Principal === '*')
}

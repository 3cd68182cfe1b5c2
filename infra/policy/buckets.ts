import * as aws from '@pulumi/aws'
import type { PolicyResource, StackValidationPolicy } from '@pulumi/policy'
import { statementsOf } from './access.ts'

/** What a bucket has beside it, and whether it says there what it must. */
const beside: Record<string, (resource: PolicyResource) => boolean | undefined> = {
  'a block of public access': (resource) => {
    const block = resource.asType(aws.s3.BucketPublicAccessBlock)
    return block?.blockPublicAcls && block.blockPublicPolicy && block.ignorePublicAcls && block.restrictPublicBuckets
  },
  encryption: (resource) => resource.isType(aws.s3.BucketServerSideEncryptionConfiguration),
  versions: (resource) => resource.asType(aws.s3.BucketVersioning)?.versioningConfiguration.status === 'Enabled',
  'an end for what is old': (resource) => resource.isType(aws.s3.BucketLifecycleConfiguration),
  'one owner': (resource) =>
    resource.asType(aws.s3.BucketOwnershipControls)?.rule.objectOwnership === 'BucketOwnerEnforced',
  'a policy for TLS alone, and for nobody in general': (resource) => {
    const policy = resource.asType(aws.s3.BucketPolicy)?.policy
    return policy !== undefined && isOverTlsOnly(policy) && !isForEverybody(policy)
  },
}

export const bucketPolicies: readonly StackValidationPolicy[] = [
  {
    name: 'buckets-are-closed',
    description: 'Every bucket is closed to the public, encrypted, versioned, tidied, and answers over TLS alone.',
    validateStack({ resources }, report) {
      for (const bucket of resources.filter((resource) => resource.isType(aws.s3.Bucket))) {
        const about = resources.filter(({ props }) => props.bucket === bucket.props.bucket)
        for (const [what, says] of Object.entries(beside))
          if (!about.some((resource) => says(resource))) report(`${bucket.name} has not ${what}`)
      }
    },
  },
]

function isOverTlsOnly(policy: string): boolean {
  return statementsOf(policy).some(
    ({ Effect, Principal, Condition }) =>
      Effect === 'Deny' && Principal === '*' && Condition?.Bool?.['aws:SecureTransport'] === 'false',
  )
}

function isForEverybody(policy: string): boolean {
  return statementsOf(policy).some(({ Effect, Principal }) => Effect === 'Allow' && Principal === '*')
}

import type { ResourceValidationPolicy, StackValidationPolicy } from '@pulumi/policy'
import { accessPolicies } from './access.ts'
import { bucketPolicies } from './buckets.ts'
import { encryptionPolicies } from './encryption.ts'
import { networkPolicies } from './network.ts'
import { taskPolicies } from './tasks.ts'

/** The pack: `pulumi preview --policy-pack policy` runs it, and the tests do over all that both stacks would make. */
export const policies: readonly (ResourceValidationPolicy | StackValidationPolicy)[] = [
  ...networkPolicies,
  ...encryptionPolicies,
  ...accessPolicies,
  ...taskPolicies,
  ...bucketPolicies,
]

import type { Policies } from '@pulumi/policy'
import { accessRules } from './access.ts'
import { bucketRules } from './buckets.ts'
import { encryptionRules } from './encryption.ts'
import { networkRules } from './network.ts'
import { resourcePolicy, stackPolicy } from './rule.ts'
import { taskRules } from './tasks.ts'

/** The pack: `pulumi preview --policy-pack policy` runs it, and the tests do over all that both stacks would make. */
export const policies: Policies = [
  ...[...networkRules, ...encryptionRules, ...accessRules, ...taskRules].map(resourcePolicy),
  ...bucketRules.map(stackPolicy),
]

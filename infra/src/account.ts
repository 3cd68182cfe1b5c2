import * as aws from '@pulumi/aws'
import type { Settings } from './settings.ts'

/** Refuses to touch any account but the stack's own: production is not changed with staging's credentials, nor the other way. */
export async function requireOwnAccount({ accountId, environment }: Settings): Promise<void> {
  const identity = await aws.getCallerIdentity()
  if (identity.accountId === accountId) return
  throw new Error(
    `The credentials are for account ${identity.accountId}, but ${environment} lives in ${accountId}. ` +
      `Take credentials for ${accountId}, or correct lightpress:accountId in Pulumi.${environment}.yaml.`,
  )
}

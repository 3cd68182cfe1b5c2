import * as aws from '@pulumi/aws'
import type * as pulumi from '@pulumi/pulumi'
import type { Settings } from './settings.ts'

const ISSUER = 'token.actions.githubusercontent.com'

/** What a workflow's token says of where it runs: an environment, with the approvals that it asks for, or a ref. */
export type Subject = `environment:${string}` | `ref:${string}` | 'pull_request'

/** Lets GitHub's workflows prove who they are, instead of keys that are kept somewhere. One for each account. */
export function createIdentityProvider(parent: pulumi.Resource): aws.iam.OpenIdConnectProvider {
  return new aws.iam.OpenIdConnectProvider(
    'github',
    { url: `https://${ISSUER}`, clientIdLists: ['sts.amazonaws.com'] },
    { parent },
  )
}

/**
 * Who may take a role: workflows of this one repository, under the one subject. A job that names an environment has that
 * as its subject, whatever its branch.
 */
export function trustPolicy(provider: string, subject: Subject, { githubRepository }: Settings): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: provider },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            [`${ISSUER}:aud`]: 'sts.amazonaws.com',
            [`${ISSUER}:sub`]: `repo:${githubRepository}:${subject}`,
          },
        },
      },
    ],
  })
}

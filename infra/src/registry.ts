import * as aws from '@pulumi/aws'
import * as awsx from '@pulumi/awsx'
import * as pulumi from '@pulumi/pulumi'
import { appOf, catalogue } from './catalogue.ts'
import type { Settings } from './settings.ts'

/** Name of a service's repository, in every account. */
export function repositoryName(app: string): string {
  return `lightpress/${app}`
}

/** Where a service's images are pulled from: the registry of the account that tests them. */
export function repositoryUrl(app: string, { registryAccountId, region }: Settings): string {
  return `${registryAccountId}.dkr.ecr.${region}.amazonaws.com/${repositoryName(app)}`
}

export interface RegistryArgs {
  settings: Settings
  keyArn: pulumi.Input<string>
  /** The only role that may push. */
  pushRoleArn: pulumi.Input<string>
}

/** One repository for each service. A tag, once pushed, means the same image for ever; only `branch-*` moves. */
export class Registry extends pulumi.ComponentResource {
  constructor({ settings, keyArn, pushRoleArn }: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super('lightpress:registry:Registry', 'registry', {}, opts)
    const parent = { parent: this }
    for (const app of catalogue.map(appOf)) {
      const name = repositoryName(app)
      const repository = new awsx.ecr.Repository(
        app,
        {
          name,
          imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
          imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'branch-*' }],
          imageScanningConfiguration: { scanOnPush: true },
          encryptionConfigurations: [{ encryptionType: 'KMS', kmsKey: keyArn }],
          lifecyclePolicy: { rules: lifecycleRules },
        },
        parent,
      )
      new aws.ecr.RepositoryPolicy(
        app,
        {
          repository: name,
          policy: pulumi
            .output(pushRoleArn)
            .apply((pushRole) => JSON.stringify(repositoryPolicy({ pushRole, pullers: settings.pullAccountIds }))),
        },
        { ...parent, dependsOn: [repository] },
      )
    }
    this.registerOutputs()
  }
}

/**
 * The first rule that an image's tags match decides about it. What was released is told by the first, and never goes:
 * production may run what was pushed hundreds of commits ago.
 */
const lifecycleRules = [
  { ...tagged('release-'), description: 'Releases stay', maximumNumberOfImages: 100_000 },
  { ...tagged('sha-'), description: 'The last 50 commits', maximumNumberOfImages: 50 },
  { ...tagged('branch-'), description: 'Branches for two weeks', maximumAgeLimit: 14 },
  { ...tagged('nightly-'), description: 'Nightly images for a month', maximumAgeLimit: 30 },
  { tagStatus: 'untagged' as const, description: 'What lost its tag, for a week', maximumAgeLimit: 7 },
]

function tagged(prefix: string) {
  return { tagStatus: 'tagged' as const, tagPrefixList: [prefix] }
}

export function repositoryPolicy({ pushRole, pullers }: { pushRole: string; pullers: readonly string[] }) {
  const push = ['ecr:InitiateLayerUpload', 'ecr:UploadLayerPart', 'ecr:CompleteLayerUpload', 'ecr:PutImage']
  const pull = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer']
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'PushIsForThePipeline',
        Effect: 'Deny',
        Principal: '*',
        Action: push,
        Condition: { ArnNotEquals: { 'aws:PrincipalArn': pushRole } },
      },
      ...(pullers.length === 0
        ? []
        : [
            {
              Sid: 'PullWhatWasTested',
              Effect: 'Allow',
              Principal: { AWS: pullers.map((account) => `arn:aws:iam::${account}:root`) },
              Action: [...pull, 'ecr:DescribeImages'],
            },
          ]),
    ],
  }
}

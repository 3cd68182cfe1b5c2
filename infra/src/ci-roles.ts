import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { appOf, catalogue } from './catalogue.ts'
import { createIdentityProvider, trustPolicy, type Subject } from './ci-trust.ts'
import { deployAccess, greenAccess, planningAccess, type DeployAccessArgs } from './deploy-access.ts'
import { repositoryName } from './registry.ts'
import { policyOf, type Statement } from './roles.ts'
import type { Settings } from './settings.ts'

/**
 * What the pipeline may do, each purpose by a role of its own: look at a change of the infrastructure, push images, deploy
 * and nothing besides, apply a change. Names: `lightpress-<environment>-<purpose>`.
 */
export class CiRoles extends pulumi.ComponentResource {
  readonly pushArn: pulumi.Output<string>
  readonly #settings: Settings
  readonly #provider: pulumi.Output<string>

  constructor(settings: Settings, opts?: pulumi.ComponentResourceOptions) {
    super('lightpress:ci:CiRoles', 'ci-roles', {}, opts)
    this.#settings = settings
    this.#provider = createIdentityProvider(this).arn
    this.#role('ci-plan', 'pull_request', planAccess(settings))
    this.pushArn = this.#role('ci-push', 'ref:refs/heads/main', pushAccess(settings)).arn
    // A deployment to production begins with its infrastructure, and by asking staging.
    this.#role('ci-green', 'environment:production-infrastructure', greenAccess(settings))
    this.#applyRole()
    this.registerOutputs()
  }

  /** Needs what is deployed to, and so comes last. */
  deployRole(args: Omit<DeployAccessArgs, 'settings'>): void {
    const settings = this.#settings
    this.#role('deploy', `environment:${settings.environment}`, deployAccess({ settings, ...args }))
  }

  /** Whoever applies the program makes roles and their policies: its way in is an environment that people approve. */
  #applyRole(): void {
    const { name, environment, accountId } = this.#settings
    const role = this.#role('infra-apply', `environment:${environment}-infrastructure`, [
      ...stateAccess(this.#settings, ['s3:GetObject', 's3:PutObject', 's3:DeleteObject']),
      {
        actions: ['iam:*'],
        resources: [
          `arn:aws:iam::${accountId}:role/${name}-*`,
          `arn:aws:iam::${accountId}:oidc-provider/token.actions.githubusercontent.com`,
        ],
      },
    ])
    // Everything but identities; what is made from the program is of thirty kinds, each with its own actions.
    new aws.iam.RolePolicyAttachment(
      'infra-apply',
      { role: role.name, policyArn: 'arn:aws:iam::aws:policy/PowerUserAccess' },
      { parent: this },
    )
  }

  #role(purpose: string, subject: Subject, statements: Statement[]): aws.iam.Role {
    const settings = this.#settings
    const role = new aws.iam.Role(
      purpose,
      {
        name: `${settings.name}-${purpose}`,
        assumeRolePolicy: this.#provider.apply((provider) => trustPolicy(provider, subject, settings)),
        // Each service of a deployment is half an hour on its way, one after the other.
        maxSessionDuration: 6 * 60 * 60,
      },
      { parent: this },
    )
    new aws.iam.RolePolicy(purpose, { role: role.name, name: purpose, policy: policyOf(statements) }, { parent: this })
    return role
  }
}

/** A preview compares the program with Pulumi's state, and asks AWS for CloudFront's addresses; it reads no resource. */
function planAccess(settings: Settings): Statement[] {
  return [
    ...stateAccess(settings, ['s3:GetObject']),
    // AWS knows no resource for it.
    { actions: ['ec2:DescribeManagedPrefixLists'], resources: ['*'] },
    {
      actions: ['ec2:GetManagedPrefixListEntries'],
      resources: [`arn:aws:ec2:${settings.region}:aws:prefix-list/*`],
    },
  ]
}

/** State is a file a stack in a bucket, and what of it is secret is under the key. */
function stateAccess({ stateBucket, stateKeyArn }: Settings, actions: string[]): Statement[] {
  const bucket = `arn:aws:s3:::${stateBucket}`
  return [
    { actions: ['s3:ListBucket'], resources: [bucket] },
    { actions, resources: [`${bucket}/.pulumi/*`] },
    { actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'], resources: [stateKeyArn] },
  ]
}

function pushAccess(settings: Settings): Statement[] {
  const { accountId, region } = settings
  return [
    ...planningAccess(settings),
    // AWS knows no resource for it: the answer lets nobody in who may not push to a repository besides.
    { actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
    {
      actions: [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:CompleteLayerUpload',
        'ecr:DescribeImages',
        'ecr:GetDownloadUrlForLayer',
        'ecr:InitiateLayerUpload',
        'ecr:PutImage',
        'ecr:UploadLayerPart',
      ],
      resources: catalogue.map(
        (service) => `arn:aws:ecr:${region}:${accountId}:repository/${repositoryName(appOf(service))}`,
      ),
    },
  ]
}

import * as pulumi from '@pulumi/pulumi'
import { appOf, catalogue } from './catalogue.ts'
import { repositoryName } from './registry.ts'
import type { Statement } from './roles.ts'
import type { Settings } from './settings.ts'

export interface DeployAccessArgs {
  settings: Settings
  webBucketArn: pulumi.Input<string>
  distributionArn: pulumi.Input<string>
  /** The key that the bucket of the web is encrypted with. */
  keyArn: pulumi.Input<string>
  /** Topics that a deployment tells of what went wrong. */
  topicArns: pulumi.Input<string>[]
}

/** What `tools/ci` calls when it deploys, on what belongs to this environment. It makes no infrastructure. */
export function deployAccess(args: DeployAccessArgs): Statement[] {
  const { settings } = args
  return [...shipServices(settings), ...runMigrations(settings), ...watch(settings), ...publishWeb(args)]
}

/** New revisions of the task definitions, with images that are there, and services that take them. */
function shipServices(settings: Settings): Statement[] {
  const ecs = ecsArn(settings)
  return [
    {
      actions: [
        'ecs:ContinueServiceDeployment',
        'ecs:DescribeServiceDeployments',
        'ecs:DescribeServiceRevisions',
        'ecs:DescribeServices',
        'ecs:ListServiceDeployments',
        'ecs:StopServiceDeployment',
        'ecs:UpdateService',
      ],
      resources: ['service', 'service-deployment', 'service-revision'].map((kind) => ecs(`${kind}/${settings.name}/*`)),
    },
    // AWS knows no resource for these two: a revision that nobody may run changes nothing.
    { actions: ['ecs:DescribeTaskDefinition', 'ecs:ListTaskDefinitions'], resources: ['*'] },
    {
      actions: ['ecs:RegisterTaskDefinition', 'ecs:TagResource'],
      resources: families(['http', 'worker', 'migrate']).map((family) => ecs(`task-definition/${family}:*`)),
    },
    {
      actions: ['iam:PassRole'],
      resources: [`arn:aws:iam::${settings.accountId}:role/${settings.name}-*`],
      conditions: { StringEquals: { 'iam:PassedToService': ['ecs-tasks.amazonaws.com', 'ecs.amazonaws.com'] } },
    },
    { actions: ['ecr:DescribeImages'], resources: repositoryArns(settings) },
  ]
}

function runMigrations(settings: Settings): Statement[] {
  const { name, region, accountId } = settings
  const ecs = ecsArn(settings)
  return [
    {
      actions: ['ecs:RunTask'],
      resources: families(['migrate']).map((family) => ecs(`task-definition/${family}:*`)),
      conditions: { ArnEquals: { 'ecs:cluster': ecs(`cluster/${name}`) } },
    },
    { actions: ['ecs:DescribeTasks', 'ecs:StopTask'], resources: [ecs(`task/${name}/*`)] },
    {
      actions: ['logs:GetLogEvents', 'logs:FilterLogEvents'],
      resources: [`arn:aws:logs:${region}:${accountId}:log-group:/${name}/*`],
    },
  ]
}

function watch(settings: Settings): Statement[] {
  const { name, region, accountId } = settings
  const parameter = parameterArn(settings)
  return [
    { actions: ['cloudwatch:DescribeAlarms'], resources: [`arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}-*`] },
    // AWS knows no resources for what load balancers say of themselves.
    {
      actions: ['elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeTargetHealth'],
      resources: ['*'],
    },
    {
      actions: ['ssm:GetParameter'],
      resources: ['deploy-target', 'deployed', 'green'].map((name) => parameter(name)),
    },
    // What is deployed, and what was found good. Where to deploy to is told by the one beside them, which is Pulumi's.
    {
      actions: ['ssm:PutParameter'],
      resources: ['deployed', 'green'].map((name) => parameter(name)),
    },
  ]
}

function publishWeb({ settings, webBucketArn, distributionArn, keyArn, topicArns }: DeployAccessArgs): Statement[] {
  return [
    { actions: ['s3:ListBucket'], resources: [webBucketArn] },
    {
      actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
      resources: [pulumi.interpolate`${webBucketArn}/*`],
    },
    {
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [keyArn],
      conditions: {
        StringEquals: { 'kms:ViaService': ['s3', 'sns'].map((service) => `${service}.${settings.region}.amazonaws.com`) },
      },
    },
    { actions: ['cloudfront:CreateInvalidation', 'cloudfront:GetInvalidation'], resources: [distributionArn] },
    ...(topicArns.length > 0 ? [{ actions: ['sns:Publish'], resources: topicArns }] : []),
  ]
}

/** What a promotion to production asks the account that tested: which images were found good, and that they are there. */
export function promoteAccess(settings: Settings): Statement[] {
  return [
    { actions: ['ssm:GetParameter'], resources: [parameterArn(settings)('green')] },
    { actions: ['ecr:DescribeImages'], resources: repositoryArns(settings) },
  ]
}

/** As `taskDefinition` names them: `auth-http`. */
function families(kinds: readonly string[]): string[] {
  return catalogue.flatMap(({ module }) => kinds.map((kind) => `${module}-${kind}`))
}

function repositoryArns({ region, registryAccountId }: Settings): string[] {
  return catalogue.map(
    (service) => `arn:aws:ecr:${region}:${registryAccountId}:repository/${repositoryName(appOf(service))}`,
  )
}

function parameterArn({ region, accountId, environment }: Settings) {
  return (name: string) => `arn:aws:ssm:${region}:${accountId}:parameter/lightpress/${environment}/${name}`
}

function ecsArn({ region, accountId }: Settings) {
  return (resource: string) => `arn:aws:ecs:${region}:${accountId}:${resource}`
}

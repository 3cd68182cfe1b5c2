import * as pulumi from '@pulumi/pulumi'
import { catalogue } from './catalogue.ts'
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
  return [...shipServices(settings), ...runTasks(settings), ...watch(settings), ...publishWeb(args)]
}

/** New revisions of the task definitions, and services that take them. */
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
      resources: families().map((family) => ecs(`task-definition/${family}:*`)),
    },
    {
      actions: ['iam:PassRole'],
      // Those of tasks, and the one with which ECS moves traffic: not the pipeline's own.
      resources: ['*-execution', '*-task', 'traffic'].map(
        (kind) => `arn:aws:iam::${settings.accountId}:role/${settings.name}-${kind}`,
      ),
      conditions: { StringEquals: { 'iam:PassedToService': ['ecs-tasks.amazonaws.com', 'ecs.amazonaws.com'] } },
    },
  ]
}

/** Migrations, and commands of the product that somebody runs: tasks that end. */
function runTasks(settings: Settings): Statement[] {
  const { name, region, accountId } = settings
  const ecs = ecsArn(settings)
  return [
    {
      actions: ['ecs:RunTask'],
      resources: families().map((family) => ecs(`task-definition/${family}:*`)),
      conditions: { ArnEquals: { 'ecs:cluster': ecs(`cluster/${name}`) } },
    },
    { actions: ['ecs:DescribeTasks', 'ecs:StopTask'], resources: [ecs(`task/${name}/*`)] },
    {
      actions: ['logs:GetLogEvents'],
      resources: [`arn:aws:logs:${region}:${accountId}:log-group:/${name}/*`],
    },
  ]
}

function watch(settings: Settings): Statement[] {
  const { name, region, accountId } = settings
  const parameter = parameterArn(settings)
  return [
    {
      actions: ['cloudwatch:DescribeAlarms'],
      resources: [`arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}-*`],
    },
    { actions: ['ssm:GetParameter'], resources: ['deploy-target', 'deployed', 'green'].map(parameter) },
    // What is deployed, and what was found good. Where to deploy to is told by the one beside them, which is Pulumi's.
    { actions: ['ssm:PutParameter'], resources: ['deployed', 'green'].map(parameter) },
  ]
}

function publishWeb({ settings, webBucketArn, distributionArn, keyArn, topicArns }: DeployAccessArgs): Statement[] {
  return [
    { actions: ['s3:ListBucket'], resources: [webBucketArn] },
    // Nothing is taken away: who has the old page open still loads its parts.
    { actions: ['s3:PutObject'], resources: [pulumi.interpolate`${webBucketArn}/*`] },
    {
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [keyArn],
      conditions: {
        StringEquals: {
          'kms:ViaService': ['s3', 'sns'].map((service) => `${service}.${settings.region}.amazonaws.com`),
        },
      },
    },
    { actions: ['cloudfront:CreateInvalidation'], resources: [distributionArn] },
    { actions: ['sns:Publish'], resources: topicArns },
  ]
}

/** What a promotion to production asks staging: which images were found good. */
export function greenAccess(settings: Settings): Statement[] {
  return [{ actions: ['ssm:GetParameter'], resources: [parameterArn(settings)('green')] }]
}

/** What is deployed and where to: of that it depends which images are built, and which repositories they go to. */
export function planningAccess(settings: Settings): Statement[] {
  return [{ actions: ['ssm:GetParameter'], resources: ['deploy-target', 'deployed'].map(parameterArn(settings)) }]
}

/** As `taskDefinition` names them: `auth-http`. */
function families(): string[] {
  return catalogue.flatMap(({ module }) => ['http', 'worker', 'migrate'].map((kind) => `${module}-${kind}`))
}

function parameterArn({ region, accountId, environment }: Settings) {
  return (name: string) => `arn:aws:ssm:${region}:${accountId}:parameter/lightpress/${environment}/${name}`
}

function ecsArn({ region, accountId }: Settings) {
  return (resource: string) => `arn:aws:ecs:${region}:${accountId}:${resource}`
}

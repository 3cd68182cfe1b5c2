import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { FILES_PREFIX } from './buckets.ts'
import type { Settings } from './settings.ts'

export interface Statement {
  actions: string[]
  resources: pulumi.Input<string>[]
  conditions?: Record<string, Record<string, pulumi.Input<string> | pulumi.Input<string>[]>>
}

export interface ExecutionAccess {
  repositoryArn: pulumi.Input<string>
  logGroupArn: pulumi.Input<string>
  secretArns: pulumi.Input<string>[]
  keyArn: pulumi.Input<string>
}

interface RoleOptions {
  settings: Settings
  parent: pulumi.Resource
}

/** What ECS does to start a task, before anything of ours runs: it pulls the image, reads the secrets, opens the log. */
export function executionRole(name: string, access: ExecutionAccess, { settings, parent }: RoleOptions): aws.iam.Role {
  const { repositoryArn, logGroupArn, secretArns, keyArn } = access
  return taskRole(
    `${name}-execution`,
    [
      // AWS knows no resource for it: the answer lets nobody in who may not pull from a repository besides.
      { actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
      {
        actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        resources: [repositoryArn],
      },
      {
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [pulumi.interpolate`${logGroupArn}:*`],
      },
      { actions: ['secretsmanager:GetSecretValue'], resources: secretArns },
      {
        actions: ['kms:Decrypt'],
        resources: [keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${settings.region}.amazonaws.com` } },
      },
    ],
    { settings, parent },
  )
}

/** A role that tasks of this account's ECS may take, and nobody else. Without statements it may do nothing. */
export function taskRole(name: string, statements: Statement[], { settings, parent }: RoleOptions): aws.iam.Role {
  const { accountId, region } = settings
  const tasks = {
    StringEquals: { 'aws:SourceAccount': accountId },
    ArnLike: { 'aws:SourceArn': `arn:aws:ecs:${region}:${accountId}:*` },
  }
  const role = new aws.iam.Role(
    name,
    { name: `${settings.name}-${name}`, assumeRolePolicy: trustIn('ecs-tasks.amazonaws.com', tasks) },
    { parent },
  )
  if (statements.length > 0)
    new aws.iam.RolePolicy(name, { role: role.name, name, policy: policyOf(statements) }, { parent: role })
  return role
}

/** Where people's files are. */
export interface Files {
  bucketArn: pulumi.Input<string>
  keyArn: pulumi.Input<string>
}

/**
 * Files below the prefix; and ListBucket, without which S3 says "forbidden" of what is not there. That one cannot be held to
 * the prefix: asking for a file names none.
 */
export function filesAccess({ bucketArn, keyArn }: Files, { region }: Settings): Statement[] {
  return [
    {
      actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
      resources: [pulumi.interpolate`${bucketArn}/${FILES_PREFIX}/*`],
    },
    { actions: ['s3:ListBucket'], resources: [bucketArn] },
    {
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } },
    },
  ]
}

/** Where what is done in shells is written down, and the key that is on both. */
export interface Shells {
  logGroupArn: pulumi.Input<string>
  keyArn: pulumi.Input<string>
}

/** A shell in a running container (ECS Exec), where the environment allows one. */
export function shellAccess({ logGroupArn, keyArn }: Shells, { region, accountId }: Settings): Statement[] {
  return [
    {
      // AWS knows no resource for a channel.
      actions: [
        'ssmmessages:CreateControlChannel',
        'ssmmessages:CreateDataChannel',
        'ssmmessages:OpenControlChannel',
        'ssmmessages:OpenDataChannel',
      ],
      resources: ['*'],
    },
    { actions: ['logs:DescribeLogGroups'], resources: [`arn:aws:logs:${region}:${accountId}:log-group:*`] },
    {
      actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      resources: [pulumi.interpolate`${logGroupArn}:*`],
    },
    { actions: ['kms:Decrypt'], resources: [keyArn] },
  ]
}

/** With which ECS moves traffic between the two target groups of a service. */
export class TrafficRole extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>

  constructor({ name }: Settings, opts?: pulumi.ComponentResourceOptions) {
    super('lightpress:roles:TrafficRole', 'traffic', {}, opts)
    const role = new aws.iam.Role(
      'traffic',
      // AWS documents no condition here, and ECS gets the role from nobody who may not pass it on (iam:PassRole).
      { name: `${name}-traffic`, assumeRolePolicy: trustIn('ecs.amazonaws.com') },
      { parent: this },
    )
    new aws.iam.RolePolicyAttachment(
      'traffic',
      { role: role.name, policyArn: 'arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers' },
      { parent: this },
    )
    this.arn = role.arn
    this.registerOutputs()
  }
}

/** A service of AWS may take the role; by the condition, on behalf of what is ours alone. */
export function trustIn(service: string, condition?: Record<string, Record<string, string>>): string {
  const statement = { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ ...statement, ...(condition && { Condition: condition }) }],
  })
}

export function policyOf(statements: Statement[]): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: '2012-10-17',
    Statement: statements.map(({ actions, resources, conditions }) => ({
      Effect: 'Allow',
      Action: actions,
      Resource: resources,
      ...(conditions && { Condition: conditions }),
    })),
  })
}

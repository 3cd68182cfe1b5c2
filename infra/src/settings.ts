import * as pulumi from '@pulumi/pulumi'
import { z } from 'zod'

export const environments = ['staging', 'production'] as const
export type Environment = (typeof environments)[number]

/** Who may reach the load balancer: CloudFront over its network inside the VPC, CloudFront over the internet, everybody. */
export const exposures = ['vpc-origin', 'cloudfront-only', 'public'] as const
export type AlbExposure = (typeof exposures)[number]

const AccountId = z
  .string()
  .regex(/^\d{12}$/, 'must be the twelve digits of an AWS account')
  .meta({ example: "'123456789012'" })
const Email = z.email().meta({ example: 'operations@example.com' })

/** What a stack must be told: `Pulumi.<stack>.yaml`, below `lightpress:`. What is secret is below, with `StackSecrets`. */
const Settings = z.object({
  /** The program refuses to work in any other account. */
  accountId: AccountId,
  /** Where people find the product; it belongs to the hosted zone. */
  domain: z
    .string()
    .regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'must be a host name in lower case')
    .meta({ example: 'app.example.com' }),
  hostedZoneId: z
    .string()
    .regex(/^Z[A-Z0-9]+$/, 'must be the id of a Route 53 hosted zone')
    .meta({ example: 'Z0123456789ABCDEFGHIJ' }),
  albExposure: z.enum(exposures).meta({ example: 'vpc-origin' }),
  /** One for each availability zone, or one for all. */
  natGateways: z.enum(['1', '3']).transform(Number).meta({ example: '3' }),
  /** Bucket and key of Pulumi's own state, in the account for tools: what a preview reads. */
  stateBucket: z.string().min(3).meta({ example: 'example-pulumi-state' }),
  stateKeyArn: z
    .string()
    .regex(/^arn:aws:kms:[\w-]+:\d{12}:key\/[\w-]+$/, 'must be the ARN of a KMS key')
    .meta({ example: 'arn:aws:kms:eu-west-2:123456789012:key/00000000-0000-0000-0000-000000000000' }),
  /** Whose workflows may take the CI roles; as GitHub names it in its tokens, for repositories since 2026 with numbers. */
  githubRepository: z
    .string()
    .regex(/^[\w.@-]+\/[\w.@-]+$/, 'must be owner/repository')
    .meta({ example: 'example/lightpress' }),
  /** The account whose registry the tasks pull from: production runs the images that staging has tested. */
  registryAccountId: AccountId,
  /** Other accounts that may pull from this stack's registry. */
  pullAccountIds: z.array(AccountId).meta({ example: "['123456789012']" }),
  alarmEmails: z.array(Email).min(1).meta({ example: '[operations@example.com]' }),
  /** Workspace and channel of Slack that hear of alarms; both or none. */
  slackTeamId: z
    .string()
    .regex(/^T[A-Z0-9]+$/, 'must be the id of a workspace')
    .optional(),
  slackChannelId: z
    .string()
    .regex(/^[CG][A-Z0-9]+$/, 'must be the id of a channel')
    .optional(),
  emailFrom: z.string().min(3).meta({ example: 'Example <hello@example.com>' }),
  cpuArchitecture: z.enum(['ARM64', 'X86_64']).meta({ example: 'ARM64' }),
  /** ECS Exec: a shell inside a running container. */
  executeCommand: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .meta({ example: 'false' }),
})

/** Set with `--secret`: encrypted in the stack's file and in its state. */
export interface StackSecrets {
  /** The word by which the load balancer knows our distribution. Only where others can reach it from CloudFront, too. */
  originKey: pulumi.Output<string> | undefined
  /** PagerDuty's address, for what must wake somebody; the key is in it, with which anybody could. */
  pagerDutyUrl: pulumi.Output<string> | undefined
}

export interface Settings extends z.output<typeof Settings>, StackSecrets {
  environment: Environment
  region: string
  /** `lightpress-staging`: the beginning of every physical name. */
  name: string
  /** `https://app.example.com` */
  publicUrl: string
}

export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

/** The running stack's settings; every missing or wrong one is named at once. */
export function readSettings(): Settings {
  const config = new pulumi.Config('lightpress')
  const values = Object.fromEntries(Object.keys(Settings.shape).map((name) => [name, parse(config.get(name))]))
  const region = new pulumi.Config('aws').get('region')
  return parseSettings(values, {
    stack: pulumi.getStack(),
    region,
    originKey: config.getSecret('originKey'),
    pagerDutyUrl: config.getSecret('pagerDutyUrl'),
  })
}

interface About extends Partial<StackSecrets> {
  stack: string
  region?: string | undefined
}

export function parseSettings(values: Readonly<Record<string, unknown>>, about: About): Settings {
  const environment = z.enum(environments).safeParse(about.stack)
  const region = z.literal('eu-west-2').safeParse(about.region ?? 'eu-west-2')
  const own = Settings.safeParse(values)
  const problems = [
    ...(environment.success ? [] : [`  The stack is ${about.stack}; it must be one of ${environments.join(', ')}.`]),
    ...(region.success ? [] : [`  aws:region is ${String(about.region)}; it must be eu-west-2.`]),
    ...(own.error?.issues ?? []).map((issue) => describe(issue, values)),
    ...(values.albExposure === 'cloudfront-only' && !about.originKey
      ? ['  lightpress:originKey is missing (for example the output of: openssl rand -hex 32, with --secret)']
      : []),
  ]
  if (!environment.success || !region.success || !own.success || problems.length > 0)
    throw new SettingsError(
      `The settings of the stack are not complete:\n${problems.join('\n')}\n` +
        `Set them with: pulumi config set --stack ${about.stack} lightpress:<name> <value>`,
    )
  const name = `lightpress-${environment.data}`
  const publicUrl = `https://${own.data.domain}`
  const { originKey, pagerDutyUrl } = about
  const secrets: StackSecrets = { originKey, pagerDutyUrl }
  return { ...own.data, ...secrets, environment: environment.data, region: region.data, name, publicUrl }
}

/** Pulumi hands over lists as JSON, and everything else as it stands in the file. */
function parse(text: string | undefined): unknown {
  return text?.startsWith('[') ? JSON.parse(text) : text
}

function describe({ path, message }: z.core.$ZodIssue, values: Readonly<Record<string, unknown>>): string {
  const name = String(path[0])
  const schema = Settings.shape[name as keyof typeof Settings.shape] as z.ZodType | undefined
  const example = schema?.meta()?.example
  const missing = values[name] === undefined
  const hint = typeof example === 'string' ? ` (for example ${example})` : ''
  return `  lightpress:${name} ${missing ? 'is missing' : `is wrong: ${message}`}${hint}`
}

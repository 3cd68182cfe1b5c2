import type { ResourceValidationArgs, StackValidationArgs } from '@pulumi/policy'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { policies } from '../policy/policies.ts'
import { environments } from '../src/settings.ts'
import { recordGraph, type Inputs } from './graph.ts'

interface Declared {
  type: string
  name: string
  props: Inputs
}

interface Fault {
  /** Into which resource of the type it is planted; the first by default. */
  of: (resource: Declared) => boolean
  plant: (props: Inputs) => void
}

const into = (plant: Fault['plant'], of: Fault['of'] = () => true): Fault => ({ of, plant })
const ingress = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule'
const task = 'aws:ecs/taskDefinition:TaskDefinition'
const container = (change: object) =>
  into((props) => {
    const [own] = JSON.parse(props.containerDefinitions)
    props.containerDefinitions = JSON.stringify([{ ...own, ...change }])
  })
const statement = (change: object) =>
  into((props) => {
    const { Statement } = JSON.parse(props.policy)
    props.policy = JSON.stringify({ Statement: [{ ...Statement[0], ...change }] })
  })
const trust = (change: object) =>
  into((props) => {
    const { Statement } = JSON.parse(props.assumeRolePolicy)
    props.assumeRolePolicy = JSON.stringify({ Statement: [{ ...Statement[0], ...change }] })
  })
const subject = (sub: string) => ({
  Principal: { Federated: 'github' },
  Condition: { StringEquals: { 'github:sub': sub, 'github:aud': 'sts.amazonaws.com' } },
})

/** Type, what is wrong, how it comes about, and the policy that must find it. */
const planted: [type: string, what: string, fault: Fault, policy: string][] = [
  ['aws:rds/instance:Instance', 'a public database', into((p) => (p.publiclyAccessible = true)), 'stores-are-private'],
  [
    ingress,
    'SSH for everybody',
    into((p) => Object.assign(p, { cidrIpv4: '0.0.0.0/0', fromPort: 22, toPort: 22 })),
    'only-the-web-is-open',
  ],
  [
    ingress,
    'all ports for everybody',
    into((p) => Object.assign(p, { cidrIpv6: '::/0', ipProtocol: '-1' })),
    'only-the-web-is-open',
  ],
  [
    'aws:ec2/securityGroup:SecurityGroup',
    'a rule of its own',
    into((p) => (p.ingress = [{ fromPort: 22 }])),
    'rules-stand-alone',
  ],
  [
    'aws:ecs/service:Service',
    'tasks with public addresses',
    into((p) => (p.networkConfiguration.assignPublicIp = true)),
    'tasks-have-no-public-address',
  ],
  [
    'aws:lb/loadBalancer:LoadBalancer',
    'no access log',
    into((p) => (p.accessLogs.enabled = false)),
    'load-balancer-is-strict',
  ],
  [
    'aws:lb/loadBalancer:LoadBalancer',
    'headers that nobody may send',
    into((p) => (p.dropInvalidHeaderFields = false)),
    'load-balancer-is-strict',
  ],
  [
    'aws:lb/listener:Listener',
    'TLS of yesterday',
    into((p) => (p.sslPolicy = 'ELBSecurityPolicy-2016-08')),
    'https-of-today',
  ],
  ['aws:lb/listener:Listener', 'plain HTTP', into((p) => (p.protocol = 'HTTP')), 'https-of-today'],
  [
    'aws:cloudfront/distribution:Distribution',
    'plain HTTP at the edge',
    into((p) => (p.orderedCacheBehaviors[0].viewerProtocolPolicy = 'allow-all')),
    'https-at-the-edge',
  ],
  ['aws:cloudfront/distribution:Distribution', 'no firewall', into((p) => delete p.webAclId), 'https-at-the-edge'],
  [
    'aws:cloudwatch/logGroup:LogGroup',
    'a log without our key',
    into((p) => delete p.kmsKeyId),
    'everything-has-our-key',
  ],
  [
    'aws:sns/topic:Topic',
    'a topic under a key of AWS',
    into((p) => (p.kmsMasterKeyId = 'alias/aws/sns')),
    'everything-has-our-key',
  ],
  [
    'aws:secretsmanager/secret:Secret',
    'a secret without our key',
    into((p) => delete p.kmsKeyId),
    'everything-has-our-key',
  ],
  [
    'aws:rds/instance:Instance',
    'a database in the clear',
    into((p) => (p.storageEncrypted = false)),
    'database-is-encrypted',
  ],
  [
    'aws:elasticache/replicationGroup:ReplicationGroup',
    'queues in the clear',
    into((p) => (p.transitEncryptionEnabled = false)),
    'queue-is-encrypted',
  ],
  [
    'awsx:ecr:Repository',
    'tags that move',
    into((p) => (p.imageTagMutability = 'MUTABLE')),
    'images-stay-what-they-are',
  ],
  [
    'awsx:ecr:Repository',
    'commits that move',
    into((p) => (p.imageTagMutabilityExclusionFilters[0].filter = 'sha-*')),
    'images-stay-what-they-are',
  ],
  ['aws:kms/key:Key', 'a key for ever', into((p) => (p.enableKeyRotation = false)), 'key-rotates'],
  ['aws:cloudwatch/logGroup:LogGroup', 'a log for ever', into((p) => delete p.retentionInDays), 'logs-end'],
  [
    'aws:iam/rolePolicy:RolePolicy',
    'everything allowed',
    statement({ Action: ['*'], Resource: ['*'] }),
    'roles-name-what-they-touch',
  ],
  [
    'aws:iam/rolePolicy:RolePolicy',
    'a whole service allowed',
    statement({ Action: ['s3:*'] }),
    'roles-name-what-they-touch',
  ],
  [
    'aws:iam/rolePolicy:RolePolicy',
    'every secret allowed',
    statement({ Action: ['secretsmanager:GetSecretValue'], Resource: ['*'] }),
    'roles-name-what-they-touch',
  ],
  ['aws:iam/role:Role', 'a role for everybody', trust({ Principal: '*' }), 'strangers-take-no-role'],
  ['aws:iam/role:Role', 'a role for every repository', trust(subject('repo:lightpress/*')), 'strangers-take-no-role'],
  [
    'aws:iam/role:Role',
    'a role for a service of any account',
    trust({ Principal: { Service: 'ecs.amazonaws.com' }, Condition: {} }),
    'strangers-take-no-role',
  ],
  [
    'aws:iam/rolePolicyAttachment:RolePolicyAttachment',
    'an administrator',
    into((p) => (p.policyArn = 'arn:aws:iam::aws:policy/AdministratorAccess')),
    'no-administrators',
  ],
  [task, 'a container as root', container({ user: 'root' }), 'containers-are-confined'],
  [task, 'a container that changes itself', container({ readonlyRootFilesystem: false }), 'containers-are-confined'],
  [
    task,
    'a secret in the environment',
    container({ environment: [{ name: 'INTERNAL_KEY', value: 'aGk=' }] }),
    'secrets-come-from-the-store',
  ],
  [
    task,
    'anybody may be anybody',
    container({ environment: [{ name: 'DEVELOPMENT_SIGN_IN', value: 'true' }] }),
    'no-doors-of-development',
  ],
  [task, 'a revision that goes', into((p) => delete p.skipDestroy), 'revisions-stay'],
  [
    'aws:secretsmanager/secretVersion:SecretVersion',
    'a secret in the state',
    into((p) => (p.secretString = 'sk_live_1')),
    'state-has-no-secrets',
  ],
  [
    'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock',
    'an open bucket',
    into((p) => (p.blockPublicPolicy = false)),
    'buckets-are-closed',
  ],
  [
    'aws:s3/bucketPolicy:BucketPolicy',
    'a bucket for everybody',
    statement({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject' }),
    'buckets-are-closed',
  ],
]

const stacks = { staging: await recordGraph('staging'), production: await recordGraph('production') }

describe.each(environments)('the policies, over everything that %s is made of,', (environment) => {
  const resources = stacks[environment].resources.map(({ type, name, inputs }) => ({ type, name, props: inputs }))

  it('find nothing', async () => {
    expect(await violations(resources)).toEqual([])
  })

  it('find nothing either where the load balancer is public', async () => {
    const graph = await recordGraph(environment, { config: { 'lightpress:albExposure': 'public' } })
    expect(await violations(graph.resources.map(({ inputs, ...about }) => ({ ...about, props: inputs })))).toEqual([])
  })

  it('have each something to look at', () => {
    const types = new Set(resources.map(({ type }) => type))
    for (const [type] of planted) expect(types, type).toContain(type)
  })

  it.each(planted)('find a fault that is planted into %s: %s', async (type, _what, fault, policy) => {
    const found = resources.find((resource) => resource.type === type && fault.of(resource))!
    const broken = structuredClone(found)
    fault.plant(broken.props)
    const all = resources.map((resource) => (resource === found ? broken : resource))
    expect((await violations(all)).map((violation) => violation.policy)).toContain(policy)
  })

  it('find a bucket that has nothing beside it', async () => {
    const bucket = { type: 'aws:s3/bucket:Bucket', name: 'bare', props: { bucket: 'bare' } }
    const found = await violations([...resources, bucket])
    expect(new Set(found.map(({ policy }) => policy))).toEqual(new Set(['buckets-are-closed']))
    expect(found).toHaveLength(6)
  })
})

describe('the pack', () => {
  it('has a planted fault for every policy', () => {
    const tried = new Set(planted.map(([, , , policy]) => policy))
    expect([...tried].sort()).toEqual(policies.map(({ name }) => name).sort())
  })

  it('says of every policy what it is for, and is in nobody’s discretion', () => {
    for (const { description, enforcementLevel } of policies) {
      expect(description.length).toBeGreaterThan(20)
      expect(enforcementLevel).toBeUndefined()
    }
    const pack = readFileSync(new URL('../policy/index.js', import.meta.url), 'utf8')
    expect(pack).toContain("enforcementLevel: 'mandatory'")
  })

  it('starts as Pulumi starts it, in its own folder, and says at which port it is asked', async () => {
    const start = createRequire(import.meta.url).resolve('@pulumi/pulumi/cmd/run-policy-pack')
    const pack = spawn(process.execPath, [start, '127.0.0.1:1', '.'], { cwd: new URL('../policy', import.meta.url) })
    let complaint = ''
    pack.stderr.on('data', (text: Buffer) => (complaint += text.toString()))
    const said = await new Promise<string>((done) => {
      pack.stdout.once('data', (text: Buffer) => done(text.toString()))
      pack.once('exit', (code) => done(`It ended with ${code}. ${complaint}`))
    })
    pack.kill()
    expect(said).toMatch(/^\d+\n$/)
  })

  it('is asked before every preview and every update', () => {
    const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      scripts: Record<string, string>
    }
    expect(scripts).toEqual({ preview: 'pulumi preview --policy-pack policy', up: 'pulumi up --policy-pack policy' })
  })
})

interface Violation {
  policy: string
  message: string
}

/** Runs the policies as CrossGuard would. */
async function violations(resources: readonly Declared[]): Promise<Violation[]> {
  const found: Violation[] = []
  const known = resources.map(asCrossGuardHasIt)
  for (const policy of policies) {
    const report = (message: string) => void found.push({ policy: policy.name, message })
    if ('validateStack' in policy) {
      await policy.validateStack({ resources: known } as unknown as StackValidationArgs, report)
      continue
    }
    for (const validate of [policy.validateResource ?? []].flat())
      for (const resource of known) {
        try {
          await validate(resource, report)
        } catch (error) {
          if (!(error instanceof NotApplicable)) throw error
        }
      }
  }
  return found
}

class NotApplicable extends Error {}

/** What a policy is given of a resource, as far as ours look at it. */
function asCrossGuardHasIt({ type, name, props }: Declared) {
  const isType = (kind: { __pulumiType?: string }) => kind.__pulumiType === type
  return {
    type,
    name,
    props,
    isType,
    asType: (kind: { __pulumiType?: string }) => (isType(kind) ? props : undefined),
    notApplicable: () => {
      throw new NotApplicable()
    },
  } as unknown as ResourceValidationArgs
}

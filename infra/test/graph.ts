import { readFile, writeFile } from 'node:fs/promises'
import { makeOnce } from '@lightpress/local'
import * as pulumi from '@pulumi/pulumi'
import type { RegisterResourceRequest } from '@pulumi/pulumi/proto/resource_pb.js'
import { MockMonitor } from '@pulumi/pulumi/runtime/mocks.js'
import { vi } from 'vitest'
import type { Environment } from '../src/settings.ts'
import { stackConfig } from './stack-config.ts'

/** Of whatever type Pulumi's own mocks are given them. */
export type Inputs = pulumi.runtime.MockResourceArgs['inputs']

/** A resource as the program declared it: its inputs with every output resolved, and the options that Pulumi acts on. */
export interface Resource {
  /** `aws:ec2/subnet:Subnet` */
  type: string
  name: string
  inputs: Inputs
  /** What others are told of it: its inputs, and what AWS would have added. */
  outputs: Inputs
  /** Names of inputs that the state keeps encrypted. */
  secret: string[]
  /** Whether a provider makes it; components only group others. */
  custom: boolean
  protect: boolean
  ignoreChanges: string[]
  retainOnDelete: boolean
  deleteBeforeReplace: boolean
  /** URNs. */
  dependsOn: string[]
}

export interface Graph {
  resources: readonly Resource[]
  /** Every resource of this type, in the order of declaration. */
  find(type: string): Resource[]
  /** The one resource of this type and name. */
  get(type: string, name: string): Resource
  /** What others are told of a resource. */
  outputOf(type: string, name: string): Inputs
  /** What the program exports: the stack's outputs. */
  exports: Record<string, unknown>
}

export interface GraphOptions {
  /** Settings other than the stack's file has: `lightpress:albExposure` → `public`; undefined takes one away. */
  config?: Record<string, string | undefined>
  /** The account that the credentials are for, if it is another than the stack's. */
  account?: string
}

/** Runs the program for a stack, with its settings and without a cloud, and returns what it would have made. */
export async function recordGraph(stack: Environment, options: GraphOptions = {}): Promise<Graph> {
  const asItIs = Object.keys(options).length === 0
  const { resources, exports } = await (asItIs ? recordOnce(stack) : record(stack, options))
  return {
    resources,
    exports,
    find: (type) => resources.filter((resource) => resource.type === type),
    get: (type, name) => only(resources, type, name),
    outputOf: (type, name) => only(resources, type, name).outputs,
  }
}

type Recorded = Pick<Graph, 'resources' | 'exports'>

/** Loading every type of AWS takes seconds, and each test file would do it. */
async function recordOnce(stack: Environment): Promise<Recorded> {
  const file = await makeOnce(`infra-${stack}.json`, async (at) =>
    writeFile(at, JSON.stringify(await record(stack, {}))),
  )
  return JSON.parse(await readFile(file, 'utf8')) as Recorded
}

async function record(stack: Environment, { config = {}, account }: GraphOptions): Promise<Recorded> {
  const settings = stackConfig(stack, config)
  const own = account ?? settings['lightpress:accountId'] ?? ''
  const resources: Resource[] = []
  const options = recordOptions()
  try {
    await pulumi.runtime.setMocks(
      {
        newResource({ type, name, inputs: declared, custom = true }) {
          const inputs = readable(declared)
          const outputs = { ...computed(type, name, own), ...inputs }
          const secret = Object.keys(declared as object).filter((input) => pulumi.runtime.isRpcSecret(declared[input]))
          resources.push({ type, name, inputs, secret, outputs, custom, ...options.of(type, name) })
          return { id: idOf(type, name), state: outputs }
        },
        call: ({ token, inputs }) => answer(token, inputs, own),
      },
      'lightpress',
      stack,
    )
    pulumi.runtime.setAllConfig(settings)
    // The program is a file that runs when it is imported; without this only the first stack of a test would.
    vi.resetModules()
    const exported = (await import('../src/program.ts')) as Record<string, unknown>
    await pulumi.runtime.disconnect()
    return { resources, exports: await resolve(exported) }
  } finally {
    options.restore()
  }
}

/** What holds a secret of the stack is handed over in a wrapping that says so. */
function readable(inputs: Inputs): Inputs {
  return Object.fromEntries(
    Object.entries(inputs as object).map(([name, value]) => [name, pulumi.runtime.unwrapRpcSecret(value)]),
  )
}

/** `subnet/public-a`: so that a test can say what a resource refers to. */
export function idOf(type: string, name: string): string {
  return `${kindOf(type)}/${name}`
}

/** `arn:aws:kms:eu-west-2:111111111111:key/data` */
export function arnOf(type: string, name: string, account: string): string {
  const [, path = ''] = type.split(':')
  return `arn:aws:${path.split('/')[0] ?? ''}:eu-west-2:${account}:${idOf(type, name)}`
}

function kindOf(type: string): string {
  const kind = type.split(':').at(-1) ?? ''
  return kind.charAt(0).toLowerCase() + kind.slice(1)
}

/** What AWS would have added. Inputs of the same name win. */
function computed(type: string, name: string, account: string): Record<string, unknown> {
  const arn = arnOf(type, name, account)
  const host = `${name}.${kindOf(type)}.test`
  const base = {
    arn,
    name,
    id: idOf(type, name),
    dnsName: host,
    zoneId: 'Z-AWS',
    hostedZoneId: 'Z-AWS',
    domainName: host,
    address: host,
  }
  const more: Record<string, Record<string, unknown>> = {
    'aws:s3/bucket:Bucket': { arn: `arn:aws:s3:::${name}`, bucketRegionalDomainName: `${name}.s3.test` },
    'aws:acm/certificate:Certificate': {
      domainValidationOptions: [
        { resourceRecordName: `_check.${name}`, resourceRecordType: 'CNAME', resourceRecordValue: '_answer.test' },
      ],
    },
    'aws:rds/instance:Instance': { masterUserSecrets: [{ secretArn: arnOf(SECRET, 'administrator', account) }] },
    'aws:lb/loadBalancer:LoadBalancer': { arnSuffix: `app/${name}` },
    'aws:lb/targetGroup:TargetGroup': { arnSuffix: `targetgroup/${name}` },
  }
  return { ...base, ...more[type] }
}

const SECRET = 'aws:secretsmanager/secret:Secret'

function answer(token: string, inputs: Inputs, account: string): Record<string, unknown> {
  switch (token) {
    case 'aws:index/getCallerIdentity:getCallerIdentity':
      return { accountId: account, arn: `arn:aws:iam::${account}:user/test`, userId: 'test' }
    case 'aws:ec2/getManagedPrefixList:getManagedPrefixList':
      return { id: `pl/${inputs.name}`, entries: [{ cidr: '203.0.113.0/24', description: '' }] }
    default:
      throw new Error(`The program asks AWS for ${token}: say in test/graph.ts what the answer would be.`)
  }
}

/** The mocks are not told of a resource's options: they are read where the request passes by. */
function recordOptions() {
  type Options = Omit<Resource, 'type' | 'name' | 'inputs' | 'secret' | 'outputs' | 'custom'>
  const known = new Map<string, Options>()
  const { prototype } = MockMonitor
  const original = prototype.registerResource
  prototype.registerResource = function (request: RegisterResourceRequest, callback) {
    known.set(`${request.getType()} ${request.getName()}`, {
      protect: request.getProtect() ?? false,
      ignoreChanges: request.getIgnorechangesList(),
      retainOnDelete: request.getRetainondelete() ?? false,
      deleteBeforeReplace: request.getDeletebeforereplace(),
      dependsOn: request.getDependenciesList(),
    })
    return original.call(this, request, callback)
  }
  return {
    of: (type: string, name: string) => known.get(`${type} ${name}`) as Options,
    restore: () => void (prototype.registerResource = original),
  }
}

function only(resources: readonly Resource[], type: string, name: string): Resource {
  const found = resources.filter((resource) => resource.type === type && resource.name === name)
  if (found.length === 1) return found[0] as Resource
  const names = resources.filter((resource) => resource.type === type).map((resource) => resource.name)
  throw new Error(`There are ${found.length} of ${type} named ${name}. Names of this type: ${names.join(', ')}`)
}

async function resolve(values: Record<string, unknown>): Promise<Record<string, unknown>> {
  return new Promise((done) => pulumi.output(values).apply((plain) => done(plain as Record<string, unknown>)))
}

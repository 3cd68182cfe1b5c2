import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { appOf, catalogue } from '../src/catalogue.ts'
import { poolSizeOf } from '../src/connection-budget.ts'
import type { Environment } from '../src/settings.ts'
import { arnOf, recordGraph, type Graph } from './graph.ts'
import { accounts, containerOf, modules, statementsOf } from './support.ts'

const TASK = 'aws:ecs/taskDefinition:TaskDefinition'

const graphs = {} as Record<Environment, Graph>
beforeAll(async () => {
  graphs.staging = await recordGraph('staging')
  graphs.production = await recordGraph('production')
})

const inBoth = ['staging', 'production'] as const
const kinds = ['http', 'worker', 'migrate'] as const
const environmentOf = (stack: Environment, family: string) =>
  Object.fromEntries(containerOf(graphs[stack].get(TASK, family)).environment.map(({ name, value }) => [name, value]))

describe('a task', () => {
  it('is there for each module and each kind of work', () => {
    const families = modules.flatMap((module) => kinds.map((kind) => `${module}-${kind}`)).sort()
    for (const stack of inBoth)
      expect(
        graphs[stack]
          .find(TASK)
          .map(({ inputs }) => String(inputs.family))
          .sort(),
      ).toEqual(families)
  })

  it('has half a CPU in staging and one in production, on ARM', () => {
    const sizes = { staging: ['512', '1024'], production: ['1024', '2048'] }
    for (const stack of inBoth)
      for (const { inputs } of graphs[stack].find(TASK))
        expect(inputs).toMatchObject({
          cpu: sizes[stack][0],
          memory: sizes[stack][1],
          networkMode: 'awsvpc',
          requiresCompatibilities: ['FARGATE'],
          runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: 'ARM64' },
        })
  })

  it.each(inBoth)('runs in %s as nobody special on files that it cannot change', (stack) => {
    const folders = stack === 'staging' ? ['/tmp', '/var/lib/amazon', '/var/log/amazon'] : ['/tmp']
    for (const definition of graphs[stack].find(TASK)) {
      const container = containerOf(definition)
      expect(container).toMatchObject({ name: 'service', essential: true, user: 'node', readonlyRootFilesystem: true })
      expect(container.linuxParameters).toMatchObject({ initProcessEnabled: true, capabilities: { drop: ['ALL'] } })
      expect(container.linuxParameters.tmpfs.map(({ containerPath }) => containerPath)).toEqual(folders)
    }
  })

  it.each(inBoth)('of %s keeps its revisions, and names an image that no registry has', (stack) => {
    for (const definition of graphs[stack].find(TASK)) {
      expect(definition.inputs.skipDestroy).toBe(true)
      const [module] = definition.name.split('-')
      // Production pulls what staging tested.
      expect(containerOf(definition).image).toBe(
        `111111111111.dkr.ecr.eu-west-2.amazonaws.com/lightpress/${module}-service:set-by-deployment`,
      )
    }
  })

  it.each(inBoth)('writes in %s into the log group of its module, and does not wait for it', (stack) => {
    for (const definition of graphs[stack].find(TASK)) {
      const [module] = definition.name.split('-')
      expect(containerOf(definition).logConfiguration).toEqual({
        logDriver: 'awslogs',
        options: {
          'awslogs-group': `/lightpress-${stack}/${module}`,
          'awslogs-region': 'eu-west-2',
          'awslogs-stream-prefix': 'service',
          mode: 'non-blocking',
          'max-buffer-size': '25m',
        },
      })
    }
  })

  it('that serves is asked whether it lives, as its image says', () => {
    for (const service of catalogue) {
      const dockerfile = readFileSync(new URL(`../../apps/${appOf(service)}/Dockerfile`, import.meta.url), 'utf8')
      const [, command = ''] = /^HEALTHCHECK .*?CMD (\[.*\])$/m.exec(dockerfile) ?? []
      for (const kind of ['http', 'worker'])
        expect(containerOf(graphs.production.get(TASK, `${service.module}-${kind}`)).healthCheck).toEqual({
          command: ['CMD', ...(JSON.parse(command) as string[])],
          interval: 10,
          timeout: 3,
          retries: 3,
          startPeriod: 30,
        })
    }
  })

  it('that answers has two ports, of which neighbours see the second; others have none', () => {
    const [http, worker, migrate] = kinds.map((kind) => containerOf(graphs.production.get(TASK, `users-${kind}`)))
    expect(http?.portMappings).toEqual([
      { name: 'public', containerPort: 3000, protocol: 'tcp' },
      { name: 'internal', containerPort: 3001, protocol: 'tcp', appProtocol: 'http' },
    ])
    expect([worker?.portMappings, migrate?.portMappings]).toEqual([[], []])
  })

  it.each([
    ['http', 15_000, 'SHUTDOWN'],
    ['worker', 0, 'SHUTDOWN_OF_WORKER'],
  ] as const)('that is %s has longer to end than the process gives itself, and no longer than AWS allows', (...of) => {
    const [kind, drainDelay, limit] = of
    for (const module of modules) {
      const { stopTimeout } = containerOf(graphs.production.get(TASK, `${module}-${kind}`))
      const delay = Number(environmentOf('production', `${module}-${kind}`).DRAIN_DELAY)
      expect(delay).toBe(drainDelay)
      expect(stopTimeout * 1_000).toBeGreaterThan(delay + millisecondsOf(limit))
      expect(stopTimeout).toBeLessThanOrEqual(120)
    }
  })
})

/** What the kernel says of its end. */
function millisecondsOf(limit: string): number {
  const file = 'packages/kernel/src/main.ts'
  const main = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
  const [, said] = new RegExp(`const ${limit} = ([\\d_]+)`).exec(main) ?? []
  if (said === undefined) throw new Error(`${file} has no ${limit}`)
  return Number(said.replaceAll('_', ''))
}

describe('the environment of a task', () => {
  it('says all that is no secret', () => {
    // Users asks every module, those as well that were added since the specification.
    const neighbours = catalogue.find(({ module }) => module === 'users')?.neighbours ?? []
    expect(environmentOf('production', 'users-http')).toEqual({
      ...Object.fromEntries(neighbours.map((name) => [`${name.toUpperCase()}_URL`, `http://${name}:3001`])),
      AUTH_URL: 'http://auth:3001',
      BILLING_URL: 'http://billing:3001',
      DATABASE_POOL_SIZE: String(poolSizeOf({ environment: 'production' })),
      DRAIN_DELAY: '15000',
      ENVIRONMENT: 'production',
      INTERNAL_PORT: '3001',
      METRICS_EMF: 'false',
      NOTIFICATIONS_URL: 'http://notifications:3001',
      PORT: '3000',
      PUBLIC_URL: 'https://app.lightpress.example',
      ROLES: 'http',
      STORAGE_URL: 's3://lightpress-production-media-222222222222/files?region=eu-west-2',
      TRUSTED_PROXIES: '10.0.0.0/16,203.0.113.0/24',
    })
  })

  it('of a worker differs in what it does', () => {
    const { ROLES, DRAIN_DELAY, METRICS_EMF, ...same } = environmentOf('staging', 'users-worker')
    expect({ ROLES, DRAIN_DELAY, METRICS_EMF }).toEqual({
      ROLES: 'worker,relay,scheduler',
      DRAIN_DELAY: '0',
      METRICS_EMF: 'true',
    })
    expect(environmentOf('staging', 'users-http')).toMatchObject(same)
  })

  it('of a migration is empty, and its command the only one', () => {
    for (const module of modules) {
      expect(environmentOf('production', `${module}-migrate`)).toEqual({})
      expect(containerOf(graphs.production.get(TASK, `${module}-migrate`)).command).toEqual([
        'node',
        'main.js',
        'migrate',
      ])
      for (const kind of ['http', 'worker'])
        expect(containerOf(graphs.production.get(TASK, `${module}-${kind}`))).not.toHaveProperty('command')
    }
  })
})

describe('the roles of a task', () => {
  const roleOf = (stack: Environment, name: string) => arnOf('aws:iam/role:Role', name, accounts[stack])

  it.each(inBoth)('are in %s its own', (stack) => {
    for (const module of modules) {
      for (const kind of ['http', 'worker'])
        expect(graphs[stack].get(TASK, `${module}-${kind}`).inputs).toMatchObject({
          executionRoleArn: roleOf(stack, `${module}-execution`),
          taskRoleArn: roleOf(stack, `${module}-task`),
        })
      const { inputs } = graphs[stack].get(TASK, `${module}-migrate`)
      expect(inputs.executionRoleArn).toBe(roleOf(stack, `${module}-migrate-execution`))
      expect(inputs).not.toHaveProperty('taskRoleArn')
    }
  })

  it.each(inBoth)('start it in %s and do nothing else: one image, one log, its secrets', (stack) => {
    const account = accounts[stack]
    const key = `arn:aws:kms:eu-west-2:${account}:key/data`
    expect(statementsOf(graphs[stack], 'auth-migrate-execution')).toEqual([
      { Effect: 'Allow', Action: ['ecr:GetAuthorizationToken'], Resource: ['*'] },
      {
        Effect: 'Allow',
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Resource: ['arn:aws:ecr:eu-west-2:111111111111:repository/lightpress/auth-service'],
      },
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: [`arn:aws:cloudwatch:eu-west-2:${account}:logGroup/auth:*`],
      },
      {
        Effect: 'Allow',
        Action: ['secretsmanager:GetSecretValue'],
        Resource: ['migrator/database-url', 'queue-url'].map((name) =>
          arnOf('aws:secretsmanager/secret:Secret', name, account),
        ),
      },
      {
        Effect: 'Allow',
        Action: ['kms:Decrypt'],
        Resource: [key],
        Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-2.amazonaws.com' } },
      },
    ])
  })

  it('let users at the files, and nobody else at anything', () => {
    const media = 'arn:aws:s3:::media'
    expect(statementsOf(graphs.production, 'users-task')).toEqual([
      {
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
        Resource: [`${media}/files/*`],
      },
      { Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [media] },
      {
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: ['arn:aws:kms:eu-west-2:222222222222:key/data'],
        Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-2.amazonaws.com' } },
      },
    ])
    for (const module of modules.filter((module) => module !== 'users'))
      expect(statementsOf(graphs.production, `${module}-task`)).toEqual([])
  })

  it('let a person in by a shell in staging alone', () => {
    const [shell, ...rest] = statementsOf(graphs.staging, 'billing-task')
    expect(shell?.Action.every((action) => action.startsWith('ssmmessages:'))).toBe(true)
    // What is done in it is written down.
    expect(rest.flatMap(({ Resource }) => Resource)).toEqual([
      'arn:aws:logs:eu-west-2:111111111111:log-group:*',
      'arn:aws:cloudwatch:eu-west-2:111111111111:logGroup/shells:*',
      'arn:aws:kms:eu-west-2:111111111111:key/data',
    ])
    expect(graphs.staging.get('aws:ecs/service:Service', 'billing-http').inputs.enableExecuteCommand).toBe(true)
    for (const { inputs } of graphs.production.find('aws:ecs/service:Service'))
      expect(inputs.enableExecuteCommand).toBe(false)
  })

  it.each(inBoth)('are in %s for ECS alone, on behalf of this account', (stack) => {
    const roles = graphs[stack].find('aws:iam/role:Role').filter(({ name }) => /-(task|execution)$/.test(name))
    expect(roles).toHaveLength(modules.length * 3)
    for (const { inputs } of roles)
      expect(JSON.parse(String(inputs.assumeRolePolicy))).toEqual({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'ecs-tasks.amazonaws.com' },
            Action: 'sts:AssumeRole',
            Condition: {
              StringEquals: { 'aws:SourceAccount': accounts[stack] },
              ArnLike: { 'aws:SourceArn': `arn:aws:ecs:eu-west-2:${accounts[stack]}:*` },
            },
          },
        ],
      })
  })
})

// Each with the reason for which AWS knows no resource for it.
const withoutResource: Record<string, string> = {
  'ecr:GetAuthorizationToken': 'a token of the registry; what it opens is said for each repository',
  'ssmmessages:CreateControlChannel': 'a channel of ECS Exec has no name before it is there',
  'ssmmessages:CreateDataChannel': 'as above',
  'ssmmessages:OpenControlChannel': 'as above',
  'ssmmessages:OpenDataChannel': 'as above',
}

describe('what tasks may do', () => {
  it.each(inBoth)('is in %s said with the resource, but where AWS knows none', (stack) => {
    const names = graphs[stack].find('aws:iam/role:Role').map(({ name }) => name)
    const statements = names
      .filter((name) => /-(task|execution)$/.test(name))
      .flatMap((name) => statementsOf(graphs[stack], name))
    expect(statements.length).toBeGreaterThan(modules.length * 8)
    for (const { Action, Resource } of statements) {
      expect(Action.filter((action) => action.includes('*'))).toEqual([])
      if (Resource.includes('*')) expect(Object.keys(withoutResource)).toEqual(expect.arrayContaining(Action))
      else for (const resource of Resource) expect(resource).toMatch(/^arn:aws:/)
    }
  })
})

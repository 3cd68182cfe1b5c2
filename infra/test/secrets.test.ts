import { beforeAll, describe, expect, it } from 'vitest'
import type { Environment } from '../src/settings.ts'
import { arnOf, recordGraph, type Graph } from './graph.ts'
import { accounts, containerOf, statementsOf, modules } from './support.ts'

const SECRET = 'aws:secretsmanager/secret:Secret'

const graphs = {} as Record<Environment, Graph>
beforeAll(async () => {
  graphs.staging = await recordGraph('staging')
  graphs.production = await recordGraph('production')
})

const specified = [
  'auth/database-url',
  'auth/key-encryption-key',
  'auth/oidc-providers',
  'billing/database-url',
  'billing/stripe-secret-key',
  'billing/stripe-webhook-secret',
  'internal-key',
  'migrator/database-url',
  'notifications/database-url',
  'notifications/resend-api-key',
  'notifications/resend-webhook-secret',
  'queue-url',
  'secrets-encryption-key',
  'sentry-dsn',
  'users/database-url',
]
/** A module that was added since has a database, and no other secret until somebody gives it one. */
const names = [...new Set([...specified, ...modules.map((module) => `${module}/database-url`)])].sort()

describe.each(['staging', 'production'] as const)('secrets of %s', (stack) => {
  it('are these, under the key, and can be brought back for thirty days', () => {
    const secrets = graphs[stack].find(SECRET)
    expect(secrets.map(({ inputs }) => String(inputs.name)).sort()).toEqual(
      names.map((name) => `lightpress-${stack}/${name}`),
    )
    for (const { inputs } of secrets)
      expect(inputs).toMatchObject({
        kmsKeyId: `arn:aws:kms:eu-west-2:${accounts[stack]}:key/data`,
        recoveryWindowInDays: 30,
      })
  })

  it('have no value in the program, and keep the one that they are given', () => {
    const versions = graphs[stack].find('aws:secretsmanager/secretVersion:SecretVersion')
    expect(versions.map(({ name }) => name).sort()).toEqual(names)
    for (const { inputs, ignoreChanges } of versions) {
      expect(inputs).toMatchObject({ secretString: 'unset', versionStages: ['unset'] })
      expect(ignoreChanges).toEqual(['secretString', 'versionStages'])
    }
  })

  it('reach the variables that the catalogue says', () => {
    const arn = (name: string) => arnOf(SECRET, name, accounts[stack])
    const billing = {
      BILLING_DATABASE_URL: arn('billing/database-url'),
      INTERNAL_KEY: arn('internal-key'),
      QUEUE_URL: arn('queue-url'),
      SENTRY_DSN: arn('sentry-dsn'),
      STRIPE_SECRET_KEY: arn('billing/stripe-secret-key'),
      STRIPE_WEBHOOK_SECRET: arn('billing/stripe-webhook-secret'),
    }
    expect(secretsOf(graphs[stack], 'billing-http')).toEqual(billing)
    expect(secretsOf(graphs[stack], 'billing-worker')).toEqual(billing)
    expect(secretsOf(graphs[stack], 'billing-migrate')).toEqual({
      BILLING_DATABASE_URL: arn('migrator/database-url'),
      QUEUE_URL: arn('queue-url'),
    })
  })

  it.each(modules)('of %s can be read by what starts its tasks, and by nobody else', (module) => {
    for (const [role, family] of [
      [`${module}-execution`, `${module}-http`],
      [`${module}-execution`, `${module}-worker`],
      [`${module}-migrate-execution`, `${module}-migrate`],
    ] as const) {
      const statements = statementsOf(graphs[stack], role)
      const [read] = statements.filter(({ Action }) => Action.includes('secretsmanager:GetSecretValue'))
      const wanted = Object.values(secretsOf(graphs[stack], family))
      expect([...(read?.Resource ?? [])].sort()).toEqual([...new Set(wanted)].sort())
    }
  })

  it('of one service are in no other service: the migrator has nothing but the database and the queue', () => {
    const readers = (name: string) =>
      graphs[stack]
        .find('aws:ecs/taskDefinition:TaskDefinition')
        .filter((definition) => JSON.stringify(containerOf(definition).secrets).includes(`secret/${name}"`))
        .map(({ name: family }) => family)
        .sort()
    expect(readers('billing/stripe-secret-key')).toEqual(['billing-http', 'billing-worker'])
    expect(readers('auth/key-encryption-key')).toEqual(['auth-http', 'auth-worker'])
    expect(readers('migrator/database-url')).toEqual(modules.map((module) => `${module}-migrate`).sort())
    for (const module of modules)
      expect(readers(`${module}/database-url`)).toEqual([`${module}-http`, `${module}-worker`])
  })
})

function secretsOf(graph: Graph, family: string): Record<string, string> {
  const { secrets } = containerOf(graph.get('aws:ecs/taskDefinition:TaskDefinition', family))
  return Object.fromEntries(secrets.map(({ name, valueFrom }) => [name, valueFrom]))
}

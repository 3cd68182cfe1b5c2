import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { QUEUE_ACCESS } from '../src/data.ts'
import type { Environment } from '../src/settings.ts'
import { idOf, recordGraph, type Graph } from './graph.ts'

const graphs = {} as Record<Environment, Graph>
beforeAll(async () => {
  graphs.staging = await recordGraph('staging')
  graphs.production = await recordGraph('production')
})

const inBoth = ['staging', 'production'] as const
const keyOf = (stack: Environment) =>
  `arn:aws:kms:eu-west-2:${stack === 'staging' ? '111111111111' : '222222222222'}:key/data`
const dataSubnets = ['a', 'b', 'c'].map((zone) => idOf('aws:ec2/subnet:Subnet', `data-${zone}`))
const groupId = (name: string) => idOf('aws:ec2/securityGroup:SecurityGroup', name)

describe('the database', () => {
  const databaseOf = (stack: Environment) => graphs[stack].get('aws:rds/instance:Instance', 'database')

  it('is PostgreSQL 16 in the size of the environment', () => {
    expect(databaseOf('staging').inputs).toMatchObject({
      identifier: 'lightpress-staging',
      engine: 'postgres',
      engineVersion: '16',
      instanceClass: 'db.t4g.medium',
      multiAz: false,
      storageType: 'gp3',
      allocatedStorage: 100,
      maxAllocatedStorage: 200,
    })
    expect(databaseOf('production').inputs).toMatchObject({
      identifier: 'lightpress-production',
      engine: 'postgres',
      engineVersion: '16',
      instanceClass: 'db.r6g.large',
      multiAz: true,
      storageType: 'gp3',
      allocatedStorage: 500,
      maxAllocatedStorage: 1000,
    })
  })

  it.each(inBoth)('is in %s reached from inside alone, and encrypted with the key of the environment', (stack) => {
    expect(databaseOf(stack).inputs).toMatchObject({
      publiclyAccessible: false,
      vpcSecurityGroupIds: [groupId('database')],
      port: 5432,
      storageEncrypted: true,
      kmsKeyId: keyOf(stack),
      masterUserSecretKmsKeyId: keyOf(stack),
      performanceInsightsKmsKeyId: keyOf(stack),
    })
    expect(graphs[stack].get('aws:rds/subnetGroup:SubnetGroup', 'database').inputs.subnetIds).toEqual(dataSubnets)
  })

  it.each(inBoth)('has in %s an administrator whose password nobody is told', (stack) => {
    const { inputs } = databaseOf(stack)
    expect(inputs.manageMasterUserPassword).toBe(true)
    expect(inputs).not.toHaveProperty('password')
    expect(inputs).not.toHaveProperty('passwordWo')
  })

  it('is kept for a week in staging and for five in production, and is not deleted by a slip', () => {
    const kept = { skipFinalSnapshot: false, deleteAutomatedBackups: false, copyTagsToSnapshot: true }
    expect(databaseOf('staging').inputs).toMatchObject({
      backupRetentionPeriod: 7,
      deletionProtection: false,
      finalSnapshotIdentifier: 'lightpress-staging-final',
      ...kept,
    })
    expect(databaseOf('production').inputs).toMatchObject({
      backupRetentionPeriod: 35,
      deletionProtection: true,
      finalSnapshotIdentifier: 'lightpress-production-final',
      ...kept,
    })
    for (const stack of inBoth) expect(databaseOf(stack).protect).toBe(true)
  })

  it.each(inBoth)('is set up in %s as the specification says, each setting at the time that AWS takes it', (stack) => {
    const { inputs } = graphs[stack].get('aws:rds/parameterGroup:ParameterGroup', 'database')
    expect(inputs.family).toBe('postgres16')
    const settings = inputs.parameters as { name: string; value: string; applyMethod: string }[]
    expect(Object.fromEntries(settings.map(({ name, value, applyMethod }) => [name, [value, applyMethod]]))).toEqual({
      max_connections: ['500', 'pending-reboot'],
      shared_buffers: ['{DBInstanceClassMemory/32768}', 'pending-reboot'],
      effective_cache_size: ['{DBInstanceClassMemory/10923}', 'immediate'],
      work_mem: ['16384', 'immediate'],
      maintenance_work_mem: ['524288', 'immediate'],
      max_wal_size: ['4096', 'immediate'],
      idle_in_transaction_session_timeout: ['30000', 'immediate'],
      statement_timeout: ['60000', 'immediate'],
      log_min_duration_statement: ['1000', 'immediate'],
      shared_preload_libraries: ['pg_stat_statements', 'pending-reboot'],
      'pg_stat_statements.track': ['all', 'immediate'],
      'rds.force_ssl': ['1', 'immediate'],
    })
    expect(databaseOf(stack).inputs.parameterGroupName).toBe(inputs.name)
  })

  it.each(inBoth)('writes in %s its log into groups that were there before it', (stack) => {
    const { inputs, dependsOn } = databaseOf(stack)
    for (const log of inputs.enabledCloudwatchLogsExports as string[]) {
      const group = graphs[stack].get('aws:cloudwatch/logGroup:LogGroup', `database-${log}`)
      expect(group.inputs.name).toBe(`/aws/rds/instance/lightpress-${stack}/${log}`)
      expect(dependsOn.some((urn) => urn.endsWith(`::database-${log}`))).toBe(true)
    }
    expect(inputs.enabledCloudwatchLogsExports).toEqual(['postgresql', 'upgrade'])
  })
})

describe('the queue', () => {
  const queueOf = (stack: Environment) =>
    graphs[stack].get('aws:elasticache/replicationGroup:ReplicationGroup', 'queue').inputs

  it('is Valkey in the size of the environment, in production with a replica elsewhere that takes over', () => {
    const common = { engine: 'valkey', engineVersion: '8.0', clusterMode: 'disabled', port: 6379 }
    expect(queueOf('staging')).toMatchObject({
      ...common,
      nodeType: 'cache.t4g.medium',
      numCacheClusters: 1,
      automaticFailoverEnabled: false,
      multiAzEnabled: false,
    })
    expect(queueOf('production')).toMatchObject({
      ...common,
      nodeType: 'cache.r6g.large',
      numCacheClusters: 2,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
    })
  })

  it.each(inBoth)('throws in %s nothing away, whatever its memory', (stack) => {
    const { inputs } = graphs[stack].get('aws:elasticache/parameterGroup:ParameterGroup', 'queue')
    expect(inputs).toMatchObject({ family: 'valkey8', parameters: [{ name: 'maxmemory-policy', value: 'noeviction' }] })
    expect(queueOf(stack).parameterGroupName).toBe(inputs.name)
  })

  it.each(inBoth)('is in %s encrypted, reached from inside alone, and kept for a week', (stack) => {
    expect(queueOf(stack)).toMatchObject({
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      atRestEncryptionEnabled: true,
      kmsKeyId: keyOf(stack),
      securityGroupIds: [groupId('queue')],
      snapshotRetentionLimit: 7,
    })
    expect(graphs[stack].get('aws:elasticache/subnetGroup:SubnetGroup', 'queue').inputs.subnetIds).toEqual(dataSubnets)
  })

  it.each(inBoth)(
    'has in %s one login, which is off until it has a password, and then may not look at the server',
    (stack) => {
      const user = graphs[stack].get('aws:elasticache/user:User', 'queue')
      expect(user.inputs).toMatchObject({
        engine: 'valkey',
        userName: 'lightpress',
        accessString: 'off ~lightpress:* &lightpress.* +@all -@dangerous +info',
        authenticationMode: { type: 'password', passwords: [expect.stringMatching(/^[0-9a-f]{64}$/)] },
      })
      expect(user.secret).toEqual(['authenticationMode'])
      // What it gets together with its password.
      const script = readFileSync(new URL('../prepare-stores.sh', import.meta.url), 'utf8')
      expect(script).toContain(`--access-string '${QUEUE_ACCESS}'`)
      expect(user.ignoreChanges).toEqual(['accessString', 'authenticationMode', 'passwords'])
      expect(queueOf(stack)).not.toHaveProperty('authToken')
      expect(queueOf(stack).userGroupIds).toEqual([
        graphs[stack].get('aws:elasticache/userGroup:UserGroup', 'queue').inputs.userGroupId,
      ])
    },
  )
})

describe('logs', () => {
  it.each([
    ['staging', 30],
    ['production', 365],
  ] as const)('of %s are kept for %i days, under the key', (stack, days) => {
    const groups = graphs[stack].find('aws:cloudwatch/logGroup:LogGroup')
    expect(groups.length).toBeGreaterThan(8)
    for (const { name, inputs } of groups)
      expect([name, inputs.retentionInDays, inputs.kmsKeyId]).toEqual([name, days, keyOf(stack)])
  })
})

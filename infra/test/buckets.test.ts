import { describe, expect, it } from 'vitest'
import { environments } from '../src/settings.ts'
import { recordGraph, type Graph, type Inputs } from './graph.ts'
import { accounts } from './support.ts'

const stacks = { staging: await recordGraph('staging'), production: await recordGraph('production') }

describe.each(environments)('the buckets of %s', (environment) => {
  const graph = stacks[environment]

  it('are four, with names that are nobody else’s, and are not taken away by a slip', () => {
    const buckets = graph.find('aws:s3/bucket:Bucket')
    expect(buckets.map(({ inputs }) => inputs.bucket)).toEqual(
      ['web', 'media', 'assets', 'logs'].map((name) => `lightpress-${environment}-${name}-${accounts[environment]}`),
    )
    expect(buckets.every(({ protect }) => protect)).toBe(true)
  })

  it('are under the key of the environment, but for logs, which the load balancer writes', () => {
    const key = graph.outputOf('aws:kms/key:Key', 'data').arn
    const encryption = graph
      .find('aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration')
      .map(({ name, inputs }) => [name, inputs.rules[0].applyServerSideEncryptionByDefault])
    const ours = { sseAlgorithm: 'aws:kms', kmsMasterKeyId: key }
    expect(Object.fromEntries(encryption)).toEqual({
      web: ours,
      media: ours,
      assets: ours,
      logs: { sseAlgorithm: 'AES256' },
    })
  })

  it('are versioned; former versions go after thirty days, broken uploads after seven, logs in their time', () => {
    const lifecycle = graph.find('aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration')
    expect(graph.find('aws:s3/bucketVersioning:BucketVersioning')).toHaveLength(4)
    for (const { name, inputs } of lifecycle)
      expect(inputs.rules).toEqual([
        {
          id: 'clean',
          status: 'Enabled',
          filter: {},
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          noncurrentVersionExpiration: { noncurrentDays: 30 },
          ...(name === 'logs' && { expiration: { days: environment === 'production' ? 365 : 30 } }),
        },
      ])
    expect(lifecycle).toHaveLength(4)
  })

  it('let our distribution read, and of the media only what is public; over TLS alone', () => {
    const distribution = graph.outputOf('aws:cloudfront/distribution:Distribution', 'edge').arn
    const readable = { web: '*', media: 'media/*', assets: 'assets/*' }
    for (const [name, objects] of Object.entries(readable)) {
      const [tls, read, list] = statementsOf(name, graph)
      const arn = graph.outputOf('aws:s3/bucket:Bucket', name).arn
      expect(tls).toMatchObject({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [arn, `${arn}/*`] })
      expect(tls?.Condition).toEqual({ Bool: { 'aws:SecureTransport': 'false' } })
      const who = {
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceArn': distribution } },
      }
      expect(read).toMatchObject({ Effect: 'Allow', Action: 's3:GetObject', Resource: `${arn}/${objects}`, ...who })
      expect(list).toMatchObject({ Effect: 'Allow', Action: 's3:ListBucket', Resource: arn, ...who })
    }
  })

  it('let the load balancer write its log, for this account, before it is told to', () => {
    const [, write] = statementsOf('logs', graph)
    expect(write).toMatchObject({
      Effect: 'Allow',
      Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
      Action: 's3:PutObject',
      Resource: `${graph.outputOf('aws:s3/bucket:Bucket', 'logs').arn}/load-balancer/AWSLogs/${accounts[environment]}/*`,
    })
    const { dependsOn } = graph.get('aws:lb/loadBalancer:LoadBalancer', 'public')
    expect(dependsOn.some((urn) => urn.endsWith('BucketPolicy::logs'))).toBe(true)
  })

  it('take uploads from the product’s own pages', () => {
    expect(graph.get('aws:s3/bucketCorsConfiguration:BucketCorsConfiguration', 'media').inputs.corsRules).toEqual([
      {
        allowedMethods: ['PUT'],
        allowedOrigins: [graph.exports.url],
        allowedHeaders: ['content-type'],
        maxAgeSeconds: 3600,
      },
    ])
  })
})

describe.each(environments)('the key of %s', (environment) => {
  const graph = stacks[environment]
  const { inputs, protect } = graph.get('aws:kms/key:Key', 'data')

  it('turns every year, can be brought back for thirty days, and is not taken away by a slip', () => {
    expect(inputs).toMatchObject({ enableKeyRotation: true, deletionWindowInDays: 30 })
    expect(protect).toBe(true)
    expect(graph.get('aws:kms/alias:Alias', 'data').inputs.name).toBe(`alias/lightpress-${environment}`)
  })

  it('is for this account, and for services of AWS that work on its behalf', () => {
    const statements = JSON.parse(inputs.policy).Statement as Inputs[]
    expect(statements.map(({ Sid, Principal }) => [Sid, Principal.AWS ?? Principal.Service])).toEqual([
      ['Account', `arn:aws:iam::${accounts[environment]}:root`],
      ['Logs', 'logs.eu-west-2.amazonaws.com'],
      ['Alarms', 'cloudwatch.amazonaws.com'],
      ['Events', 'events.amazonaws.com'],
      ['Distribution', 'cloudfront.amazonaws.com'],
    ])
    expect(
      statements.slice(1).every(({ Condition }) => JSON.stringify(Condition).includes(accounts[environment])),
    ).toBe(true)
  })

  it('lets every log group of ours be written under it', () => {
    const [, logs] = JSON.parse(inputs.policy).Statement as Inputs[]
    const patterns = (logs?.Condition.ArnLike['kms:EncryptionContext:aws:logs:arn'] as string[]).map(
      (pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`),
    )
    const groups = graph.find('aws:cloudwatch/logGroup:LogGroup')
    expect(groups.length).toBeGreaterThan(4)
    for (const group of groups) {
      const arn = `arn:aws:logs:eu-west-2:${accounts[environment]}:log-group:${group.inputs.name}`
      expect(
        patterns.some((pattern) => pattern.test(arn)),
        group.inputs.name,
      ).toBe(true)
    }
  })
})

function statementsOf(name: string, { get }: Graph): Inputs[] {
  return JSON.parse(get('aws:s3/bucketPolicy:BucketPolicy', name).inputs.policy).Statement
}

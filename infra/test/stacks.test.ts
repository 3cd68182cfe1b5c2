import { describe, expect, it } from 'vitest'
import { recordGraph, type Graph } from './graph.ts'

const staging = await recordGraph('staging')
const production = await recordGraph('production')

describe('staging and production', () => {
  it('are made of the same kinds of resources: what production has was tried in staging', () => {
    expect(typesOf(staging)).toEqual(typesOf(production))
    expect(typesOf(production).length).toBeGreaterThan(60)
  })

  it('differ in how many there are only where their sizes and settings say so', () => {
    const counts = [...typesOf(production)].filter((type) => staging.find(type).length !== production.find(type).length)
    expect(counts.sort()).toEqual([
      'aws:cloudwatch/metricAlarm:MetricAlarm',
      'aws:ec2/eip:Eip',
      'aws:ec2/natGateway:NatGateway',
      'aws:ec2/vpcEndpoint:VpcEndpoint',
      // For shells in running containers, which production does not allow.
      'aws:iam/rolePolicy:RolePolicy',
    ])
  })

  it('have no name in common that another account could not have, too', () => {
    const names = (graph: Graph) => graph.find('aws:s3/bucket:Bucket').map(({ inputs }) => inputs.bucket as string)
    expect(names(staging).filter((name) => names(production).includes(name))).toEqual([])
  })

  it('are protected where a slip would lose what cannot be made again', () => {
    for (const graph of [staging, production])
      expect(
        graph.resources.filter(({ protect }) => protect).map(({ type, name }) => `${type.split(':').at(-1)} ${name}`),
      ).toEqual(expect.arrayContaining(['Key data', 'Instance database', 'Bucket web', 'Bucket media', 'Bucket logs']))
  })
})

function typesOf({ resources }: Graph): string[] {
  return [...new Set(resources.map(({ type }) => type))].sort()
}

import { describe, expect, it } from 'vitest'
import { catalogue } from '../src/catalogue.ts'
import { environments } from '../src/settings.ts'
import { recordGraph, type Inputs } from './graph.ts'
import { accounts } from './support.ts'

const stacks = { staging: await recordGraph('staging'), production: await recordGraph('production') }

const REPOSITORY = 'awsx:ecr:Repository'
const apps = catalogue.map(({ module }) => `${module}-service`)

describe.each(environments)('the registry of %s', (environment) => {
  const graph = stacks[environment]

  it('has a repository for every service, scanned, under our key, in which only branches move', () => {
    const repositories = graph.find(REPOSITORY)
    expect(repositories.map(({ inputs }) => inputs.name)).toEqual(apps.map((app) => `lightpress/${app}`))
    for (const { inputs } of repositories)
      expect(inputs).toMatchObject({
        imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
        imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'branch-*' }],
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: 'KMS', kmsKey: graph.outputOf('aws:kms/key:Key', 'data').arn }],
      })
  })

  it('keeps releases, fifty commits, branches for 14 days, nightly images for 30, and the nameless for 7', () => {
    for (const { inputs } of graph.find(REPOSITORY))
      expect(
        inputs.lifecyclePolicy.rules.map((rule: Inputs) => [
          rule.tagPrefixList?.[0] ?? rule.tagStatus,
          rule.maximumNumberOfImages ?? `${rule.maximumAgeLimit} days`,
        ]),
      ).toEqual([
        // The first rule that a tag matches decides: a release never goes, whatever other tags it has.
        ['release-', 100_000],
        ['sha-', 50],
        ['branch-', '14 days'],
        ['nightly-', '30 days'],
        ['untagged', '7 days'],
      ])
  })

  it('takes images from the pipeline alone, whoever else may push by a policy of their own', () => {
    for (const app of apps) {
      const [deny] = policyOf(app)
      expect(deny).toMatchObject({
        Effect: 'Deny',
        Principal: '*',
        Condition: { ArnNotEquals: { 'aws:PrincipalArn': graph.outputOf('aws:iam/role:Role', 'ci-push').arn } },
      })
      expect(deny.Action).toContain('ecr:PutImage')
    }
  })

  it(`is open to ${environment === 'staging' ? 'production, which runs what was tested here' : 'no other account'}`, () => {
    for (const app of apps) {
      const [, pull, ...more] = policyOf(app)
      expect(more).toEqual([])
      if (environment === 'production') expect(pull).toBeUndefined()
      else
        expect(pull).toEqual({
          Sid: 'PullWhatWasTested',
          Effect: 'Allow',
          Principal: { AWS: [`arn:aws:iam::${accounts.production}:root`] },
          Action: [
            'ecr:BatchCheckLayerAvailability',
            'ecr:BatchGetImage',
            'ecr:GetDownloadUrlForLayer',
            'ecr:DescribeImages',
          ],
        })
    }
  })

  function policyOf(app: string): Inputs[] {
    return JSON.parse(graph.get('aws:ecr/repositoryPolicy:RepositoryPolicy', app).inputs.policy).Statement
  }
})

describe('the images of both environments', () => {
  it('come from the registry of staging', () => {
    for (const environment of environments)
      for (const { inputs } of stacks[environment].find('aws:ecs/taskDefinition:TaskDefinition'))
        expect(JSON.parse(inputs.containerDefinitions)[0].image).toContain(
          `${accounts.staging}.dkr.ecr.eu-west-2.amazonaws.com/lightpress/`,
        )
  })
})

import { describe, expect, it } from 'vitest'
import { catalogue } from '../src/catalogue.ts'
import { environments } from '../src/settings.ts'
import { recordGraph, type Graph } from './graph.ts'
import { accounts } from './support.ts'

const stacks = { staging: await recordGraph('staging'), production: await recordGraph('production') }
const ROLE = 'aws:iam/role:Role'

describe.each(environments)('the pipeline in %s', (environment) => {
  const graph = stacks[environment]
  const account = accounts[environment]
  const may = (role: string) => actionsOf(role, graph)

  it('has no keys: GitHub proves which workflow asks', () => {
    expect(graph.find('aws:iam/openIdConnectProvider:OpenIdConnectProvider').map(({ inputs }) => inputs)).toEqual([
      { url: 'https://token.actions.githubusercontent.com', clientIdLists: ['sts.amazonaws.com'] },
    ])
    expect(graph.resources.filter(({ type }) => /accessKey|iam\/user:/.test(type))).toEqual([])
  })

  it.each([
    ['ci-plan', 'pull_request'],
    ['ci-push', 'ref:refs/heads/main'],
    ['ci-green', 'environment:production-infrastructure'],
    ['deploy', `environment:${environment}`],
    ['infra-apply', `environment:${environment}-infrastructure`],
  ])('takes the role %s as %s of this repository, and as nothing else', (role, subject) => {
    const { inputs } = graph.get(ROLE, role)
    expect(inputs.name).toBe(`lightpress-${environment}-${role}`)
    expect(JSON.parse(inputs.assumeRolePolicy).Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { Federated: graph.outputOf('aws:iam/openIdConnectProvider:OpenIdConnectProvider', 'github').arn },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
            'token.actions.githubusercontent.com:sub': `repo:lightpress/lightpress:${subject}`,
          },
        },
      },
    ])
  })

  it('changes nothing when it previews, and reads nothing of the product', () => {
    expect(may('ci-plan').filter((action) => !/^kms:|:(Get|List|Describe)/.test(action))).toEqual([])
    const resources = resourcesOf('ci-plan', graph).filter((resource) => resource.includes(`lightpress-${environment}`))
    expect(resources).toEqual([])
  })

  it('pushes images to the repositories of services, and does nothing else', () => {
    expect(may('ci-push').filter((action) => !action.startsWith('ecr:'))).toEqual(['ssm:GetParameter'])
    expect(resourcesOf('ci-push', graph).filter((resource) => resource.includes(':ecr:'))).toEqual(
      catalogue.map(({ module }) => `arn:aws:ecr:eu-west-2:${account}:repository/lightpress/${module}-service`),
    )
    const others = ['ci-plan', 'ci-green', 'deploy'].flatMap(may)
    expect(others.filter((action) => action === 'ecr:PutImage')).toEqual([])
  })

  it('deploys without making infrastructure, and hands over the roles of this environment to tasks alone', () => {
    expect(
      may('deploy')
        .filter((action) => /:(Create|Delete|Put|Attach)/.test(action))
        .sort(),
    ).toEqual(['cloudfront:CreateInvalidation', 's3:PutObject', 'ssm:PutParameter'])
    expect(statementWith('iam:PassRole', graph)).toMatchObject({
      Resource: ['*-execution', '*-task', 'traffic'].map(
        (kind) => `arn:aws:iam::${account}:role/lightpress-${environment}-${kind}`,
      ),
      Condition: { StringEquals: { 'iam:PassedToService': ['ecs-tasks.amazonaws.com', 'ecs.amazonaws.com'] } },
    })
    expect(statementWith('ecs:RunTask', graph)).toMatchObject({
      Resource: statementWith('ecs:RegisterTaskDefinition', graph).Resource,
      Condition: { ArnEquals: { 'ecs:cluster': `arn:aws:ecs:eu-west-2:${account}:cluster/lightpress-${environment}` } },
    })
    expect(statementWith('ssm:PutParameter', graph).Resource).toEqual(
      ['deployed', 'green'].map(
        (name) => `arn:aws:ssm:eu-west-2:${account}:parameter/lightpress/${environment}/${name}`,
      ),
    )
  })

  it('hands over every role that a task or a service has, and none of its own', () => {
    const passed = statementWith('iam:PassRole', graph).Resource.map(
      (resource) => new RegExp(`^${resource.split('role/')[1]!.replaceAll('*', '.*')}$`),
    )
    const names = graph.find(ROLE).map(({ inputs }) => String(inputs.name))
    const purposes = ['ci-plan', 'ci-push', 'ci-green', 'deploy', 'infra-apply', 'edge-certificate']
    expect(names.filter((name) => !passed.some((pattern) => pattern.test(name))).sort()).toEqual(
      purposes.map((purpose) => `lightpress-${environment}-${purpose}`).sort(),
    )
  })

  it('deploys what there is: every family, service and cluster by the name that it has', () => {
    const families = graph.find('aws:ecs/taskDefinition:TaskDefinition').map(({ inputs }) => inputs.family as string)
    expect(statementWith('ecs:RegisterTaskDefinition', graph).Resource.sort()).toEqual(
      families.map((family) => `arn:aws:ecs:eu-west-2:${account}:task-definition/${family}:*`).sort(),
    )
    expect(graph.get('aws:ecs/cluster:Cluster', 'cluster').inputs.name).toBe(`lightpress-${environment}`)
    const publish = statementWith('sns:Publish', graph).Resource
    expect(publish).toEqual([graph.outputOf('aws:sns/topic:Topic', 'critical').arn])
    const web = graph.outputOf('aws:s3/bucket:Bucket', 'web').arn
    expect(statementWith('s3:PutObject', graph).Resource).toEqual([`${web}/*`])
  })

  it('sees no secret, whatever it is there for', () => {
    const purposes = ['ci-plan', 'ci-push', 'ci-green', 'deploy']
    expect(purposes.flatMap(may).filter((action) => action.startsWith('secretsmanager:'))).toEqual([])
  })
})

interface Statement {
  Action: string[]
  Resource: string[]
  Condition?: unknown
}

function statementsOf(role: string, { get }: Graph): Statement[] {
  return JSON.parse(get('aws:iam/rolePolicy:RolePolicy', role).inputs.policy).Statement
}

function actionsOf(role: string, graph: Graph): string[] {
  return statementsOf(role, graph).flatMap(({ Action }) => Action)
}

function resourcesOf(role: string, graph: Graph): string[] {
  return statementsOf(role, graph).flatMap(({ Resource }) => Resource)
}

/** The one statement of the role that deploys which allows this. */
function statementWith(action: string, graph: Graph): Statement {
  const found = statementsOf('deploy', graph).filter(({ Action }) => Action.includes(action))
  expect(found).toHaveLength(1)
  return found[0]!
}

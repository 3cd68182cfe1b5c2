import type { Props, ResourceRule } from './rule.ts'

/** Actions that AWS knows no resource for, each read in the service authorization reference. */
const WITHOUT_RESOURCE = new Set([
  'cloudfront:ListCachePolicies',
  'cloudfront:ListOriginRequestPolicies',
  'ec2:DescribeManagedPrefixLists',
  'ecr:GetAuthorizationToken',
  'ecs:DescribeTaskDefinition',
  'ecs:ListTaskDefinitions',
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
])

/** Whoever applies the program makes roles: of this environment, whose names it has. */
const MAKES_ROLES = 'infra-apply'

interface Statement {
  Effect: string
  Action: string | string[]
  Resource?: string | string[]
  Principal?: '*' | Record<string, string | string[]>
  Condition?: Record<string, Record<string, string | string[]>>
}

export const accessRules: readonly ResourceRule[] = [
  {
    name: 'roles-name-what-they-touch',
    description: 'No role may do everything, nor anything to everything, where AWS knows the resource.',
    types: ['aws:iam/rolePolicy:RolePolicy', 'aws:iam/policy:Policy'],
    wrong(props, { name }) {
      for (const { Effect, Action, Resource } of statementsOf(props.policy)) {
        if (Effect !== 'Allow') continue
        const wildcard = list(Action).find((action) => action.includes('*'))
        if (wildcard && !(name === MAKES_ROLES && wildcard === 'iam:*')) return `allows ${wildcard}`
        const anything = list(Resource).some((resource) => resource === '*')
        const unnamed = anything && list(Action).find((action) => !WITHOUT_RESOURCE.has(action))
        if (unnamed) return `allows ${unnamed} on every resource`
      }
      return undefined
    },
  },
  {
    name: 'strangers-take-no-role',
    description: 'A role that others may take says exactly who: one service of this account, or one subject of one repository.',
    types: ['aws:iam/role:Role'],
    wrong({ assumeRolePolicy }) {
      for (const { Principal, Condition = {} } of statementsOf(assumeRolePolicy)) {
        if (typeof Principal !== 'object') return 'everybody may take it'
        if (Principal.AWS) return 'another account may take it'
        const exactly = Condition.StringEquals ?? {}
        if (Principal.Service && !exactly['aws:SourceAccount']) return 'a service may take it for another account'
        if (!Principal.Federated) continue
        const subject = Object.entries(exactly).find(([key]) => key.endsWith(':sub'))?.[1]
        const audience = Object.entries(exactly).find(([key]) => key.endsWith(':aud'))?.[1]
        if (typeof subject !== 'string' || subject.includes('*')) return 'its subject is not one'
        if (audience !== 'sts.amazonaws.com') return 'its audience is not AWS'
      }
      return undefined
    },
  },
  {
    name: 'no-administrators',
    description: 'No role has a policy of AWS that allows everything.',
    types: ['aws:iam/rolePolicyAttachment:RolePolicyAttachment'],
    wrong({ policyArn }, { name }) {
      const broad = /\/(AdministratorAccess|IAMFullAccess|PowerUserAccess|ReadOnlyAccess)$/.exec(String(policyArn))?.[1]
      if (broad === undefined || (broad === 'PowerUserAccess' && name === MAKES_ROLES)) return undefined
      return `has ${broad}`
    },
  },
]

export function statementsOf(policy: unknown): Statement[] {
  const document = (typeof policy === 'string' ? JSON.parse(policy) : policy) as Props | undefined
  return list(document?.Statement)
}

function list<T>(value: T | T[] | undefined): T[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value]
}

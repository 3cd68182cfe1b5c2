import * as aws from '@pulumi/aws'
import { validateResourceOfType, type ResourceValidationPolicy } from '@pulumi/policy'

/** Actions that AWS knows no resource for, each read in the service authorization reference. */
const WITHOUT_RESOURCE = new Set([
  'ec2:DescribeManagedPrefixLists',
  'ecr:GetAuthorizationToken',
  'ecs:DescribeTaskDefinition',
  'ecs:ListTaskDefinitions',
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
])

/** Whoever applies the program makes roles: those of this environment, by their names. */
const MAKES_ROLES = 'infra-apply'

/** With which ECS moves traffic: AWS documents its trust without a condition, and only whoever may pass it on hands it over. */
const MOVES_TRAFFIC = 'traffic'

const BROAD = /\/(AdministratorAccess|IAMFullAccess|PowerUserAccess|ReadOnlyAccess)$/

export const accessPolicies: readonly ResourceValidationPolicy[] = [
  {
    name: 'roles-name-what-they-touch',
    description: 'No role may do everything, nor anything to everything where AWS knows the resource.',
    validateResource: validateResourceOfType(aws.iam.RolePolicy, ({ policy }, { name }, report) => {
      for (const { Effect, Action, Resource } of statementsOf(policy)) {
        if (Effect !== 'Allow') continue
        for (const action of list(Action)) {
          if (action.includes('*') && !(name === MAKES_ROLES && action === 'iam:*')) report(`allows ${action}`)
          else if (list(Resource).includes('*') && !WITHOUT_RESOURCE.has(action))
            report(`allows ${action} on every resource`)
        }
      }
    }),
  },
  {
    name: 'strangers-take-no-role',
    description: 'Who may take a role is said exactly: a service for this account, or one subject of one repository.',
    validateResource: validateResourceOfType(aws.iam.Role, ({ assumeRolePolicy }, { name }, report) => {
      for (const statement of statementsOf(assumeRolePolicy)) {
        if (name === MOVES_TRAFFIC && isEcs(statement)) continue
        const problem = whoElse(statement)
        if (problem) report(problem)
      }
    }),
  },
  {
    name: 'no-administrators',
    description: 'No role has a policy of AWS that allows everything, or to read everything.',
    validateResource: validateResourceOfType(aws.iam.RolePolicyAttachment, ({ policyArn }, { name }, report) => {
      const broad = BROAD.exec(policyArn)?.[1]
      if (broad && !(broad === 'PowerUserAccess' && name === MAKES_ROLES)) report(`has ${broad}`)
    }),
  },
]

interface Statement {
  Effect: string
  Action: string | string[]
  Resource?: string | string[]
  Principal?: '*' | Record<string, string | string[]>
  Condition?: Record<string, Record<string, string | string[]>>
}

function isEcs({ Principal }: Statement): boolean {
  return (
    typeof Principal === 'object' && Object.keys(Principal).length === 1 && Principal.Service === 'ecs.amazonaws.com'
  )
}

/** What is wrong with who may take the role. */
function whoElse({ Principal, Condition = {} }: Statement): string | undefined {
  if (typeof Principal !== 'object') return 'everybody may take it'
  if (Principal.AWS) return 'another account may take it'
  const exactly = Condition.StringEquals ?? {}
  if (Principal.Service) return exactly['aws:SourceAccount'] ? undefined : 'a service may take it for another account'
  const said = (claim: string) => Object.entries(exactly).find(([key]) => key.endsWith(`:${claim}`))?.[1]
  const subject = said('sub')
  if (typeof subject !== 'string' || subject.includes('*')) return 'its subject is not one'
  return said('aud') === 'sts.amazonaws.com' ? undefined : 'its audience is not AWS'
}

/** Of a policy, as text or as what the text says. */
export function statementsOf(policy: unknown): Statement[] {
  const document = typeof policy === 'string' ? (JSON.parse(policy) as unknown) : policy
  return list((document as { Statement: Statement | Statement[] }).Statement)
}

function list<T>(value: T | T[] | undefined): T[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

import type { ResourceRule } from './rule.ts'

/** What a secret's variable is called: those come from the secret store when the task starts, and stand nowhere. */
const SECRET_NAME = /(SECRET|PASSWORD|TOKEN|KEY|DSN|DATABASE_URL|QUEUE_URL|OIDC_PROVIDERS)$/

/** Doors of development, which have no business in a container. */
const DEVELOPMENT = ['DEVELOPMENT_SIGN_IN', 'WEBHOOK_TARGETS', 'STRIPE_API_BASE', 'RESEND_BASE_URL']

interface Container {
  name: string
  privileged?: boolean
  readonlyRootFilesystem?: boolean
  user?: string
  environment?: { name: string; value: string }[]
  secrets?: { name: string; valueFrom: string }[]
  logConfiguration?: { logDriver: string }
}

export const taskRules: readonly ResourceRule[] = [
  {
    name: 'containers-are-confined',
    description: 'A container runs as nobody special on files that it cannot change, and its output is kept.',
    types: ['aws:ecs/taskDefinition:TaskDefinition'],
    wrong: ({ containerDefinitions }) =>
      first(containerDefinitions, ({ privileged, readonlyRootFilesystem, user, logConfiguration }) => {
        if (privileged) return 'is privileged'
        if (readonlyRootFilesystem !== true) return 'may write to its root file system'
        if (user === undefined || user === 'root' || user.startsWith('0')) return 'runs as root'
        return logConfiguration?.logDriver === 'awslogs' ? undefined : 'has its output nowhere'
      }),
  },
  {
    name: 'secrets-come-from-the-store',
    description: 'What is secret stands in no task definition.',
    types: ['aws:ecs/taskDefinition:TaskDefinition'],
    wrong: ({ containerDefinitions }) =>
      first(containerDefinitions, ({ environment = [], secrets = [] }) => {
        const open = environment.find(({ name }) => SECRET_NAME.test(name))
        if (open) return `has the secret ${open.name} in its environment`
        const elsewhere = secrets.find(({ valueFrom }) => !/^arn:aws:secretsmanager:/.test(valueFrom))
        return elsewhere && `has ${elsewhere.name} from elsewhere than Secrets Manager`
      }),
  },
  {
    name: 'no-doors-of-development',
    description: 'What lets anybody be anybody, or reach anything, is not set in an environment.',
    types: ['aws:ecs/taskDefinition:TaskDefinition'],
    wrong: ({ containerDefinitions }) =>
      first(containerDefinitions, ({ environment = [] }) => {
        const door = environment.find(({ name }) => DEVELOPMENT.includes(name))
        if (door) return `sets ${door.name}`
        const development = environment.find(({ name, value }) => name === 'NODE_ENV' && value !== 'production')
        return development && `runs as ${development.value}`
      }),
  },
  {
    name: 'revisions-stay',
    description: 'A rollback finds the revision that it goes back to.',
    types: ['aws:ecs/taskDefinition:TaskDefinition'],
    wrong: ({ skipDestroy }) => (skipDestroy === true ? undefined : 'set skipDestroy'),
  },
  {
    name: 'state-has-no-secrets',
    description: 'The program makes secrets without their values: those are set where no state and no log sees them.',
    types: ['aws:secretsmanager/secretVersion:SecretVersion'],
    wrong: ({ secretString }) => (secretString === 'unset' ? undefined : 'give it no value: see the README, "Secrets"'),
  },
]

function first(definitions: unknown, wrong: (container: Container) => string | undefined): string | undefined {
  for (const container of JSON.parse(String(definitions)) as Container[]) {
    const problem = wrong(container)
    if (problem !== undefined) return `${container.name} ${problem}`
  }
  return undefined
}

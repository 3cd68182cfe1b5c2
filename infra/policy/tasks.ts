import * as aws from '@pulumi/aws'
import { validateResourceOfType, type ReportViolation, type ResourceValidationPolicy } from '@pulumi/policy'

/** What a secret's variable is called: those come from the secret store when the task starts, and stand nowhere. */
const SECRET_NAME = /(SECRET|PASSWORD|TOKEN|KEY|DSN|DATABASE_URL|QUEUE_URL|OIDC_PROVIDERS)$/

/** Doors of development, which have no business in a container. */
const DEVELOPMENT = ['DEVELOPMENT_SIGN_IN', 'WEBHOOK_TARGETS', 'STRIPE_API_BASE', 'RESEND_BASE_URL']

export const taskPolicies: readonly ResourceValidationPolicy[] = [
  {
    name: 'containers-are-confined',
    description: 'A container runs as nobody special on files that it cannot change, and its output is kept.',
    validateResource: ofEachContainer(({ privileged, readonlyRootFilesystem, user, logConfiguration }, report) => {
      if (privileged) report('is privileged')
      if (readonlyRootFilesystem !== true) report('may write to its root file system')
      if (user === undefined || user === 'root' || user.startsWith('0')) report('runs as root')
      if (logConfiguration?.logDriver !== 'awslogs') report('has its output nowhere')
    }),
  },
  {
    name: 'secrets-come-from-the-store',
    description: 'What is secret stands in no task definition.',
    validateResource: ofEachContainer(({ environment = [], secrets = [] }, report) => {
      for (const { name } of environment)
        if (SECRET_NAME.test(name)) report(`has the secret ${name} in its environment`)
      for (const { name, valueFrom } of secrets)
        if (!valueFrom.startsWith('arn:aws:secretsmanager:')) report(`has ${name} from elsewhere than Secrets Manager`)
    }),
  },
  {
    name: 'no-doors-of-development',
    description: 'What lets anybody be anybody, or reach anything, is not set in an environment.',
    validateResource: ofEachContainer(({ environment = [] }, report) => {
      for (const { name, value } of environment) {
        if (DEVELOPMENT.includes(name)) report(`sets ${name}`)
        if (name === 'NODE_ENV' && value !== 'production') report(`runs as ${value}`)
      }
    }),
  },
  {
    name: 'revisions-stay',
    description: 'A rollback finds the revision that it goes back to.',
    validateResource: validateResourceOfType(aws.ecs.TaskDefinition, ({ skipDestroy }, _args, report) => {
      if (skipDestroy !== true) report('set skipDestroy')
    }),
  },
  {
    name: 'state-has-no-secrets',
    description: 'The program makes secrets without their values: those are set where no state and no log sees them.',
    validateResource: validateResourceOfType(aws.secretsmanager.SecretVersion, ({ secretString }, _args, report) => {
      if (secretString !== 'unset') report('give it no value: see the README, "Secrets"')
    }),
  },
]

interface Container {
  name: string
  privileged?: boolean
  readonlyRootFilesystem?: boolean
  user?: string
  environment?: { name: string; value: string }[]
  secrets?: { name: string; valueFrom: string }[]
  logConfiguration?: { logDriver: string }
}

function ofEachContainer(check: (container: Container, report: ReportViolation) => void) {
  return validateResourceOfType(aws.ecs.TaskDefinition, ({ containerDefinitions }, _args, report) => {
    for (const container of JSON.parse(containerDefinitions) as Container[])
      check(container, (problem) => report(`${container.name} ${problem}`))
  })
}

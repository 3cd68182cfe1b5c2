import { auth } from '@lightpress/auth-contract'
import { billing } from '@lightpress/billing-contract'
import { notifications } from '@lightpress/notifications-contract'
import { contractPrefixes, type Contract } from '@lightpress/protocol'
import { users } from '@lightpress/users-contract'

/** How many tasks of one kind run in production, and what adds to them (specification, 1.4). */
export interface Scaling {
  min: number
  max: number
  /** Per cent of the task's CPU, on average, that is aimed at. */
  cpu: number
  /** Seconds that 95 of 100 requests may take; above it tasks are added. */
  latencyP95Seconds?: number
  /** Jobs waiting in the module's queue above which workers are added. */
  queueDepth?: number
}

/** One module as it is deployed: a service that answers requests, and one that works behind it, of the same image. */
export interface Service {
  /** The module; its app, its image and its ECS services are `<module>-service`. */
  module: string
  contract: Contract
  /** Modules that it calls on their internal port: those it needs, those that listen to its events, and auth. */
  neighbours: readonly string[]
  /** Environment variable → name of the secret below `lightpress-<environment>/`. Those of every process are added. */
  secrets: Readonly<Record<string, string>>
  /** What else it must be told, and is no secret: names of environment variables that the stack's settings hold. */
  settings: readonly string[]
  /** Whether it reads and writes the bucket of people's files. */
  files: boolean
  http: Scaling
  worker: Scaling
}

/** Secrets that every process reads, whichever module it hosts. */
export const SHARED_SECRETS = {
  QUEUE_URL: 'queue-url',
  INTERNAL_KEY: 'internal-key',
  SENTRY_DSN: 'sentry-dsn',
} as const

/** What every process is told besides, and is no secret: the stack knows it. */
export const SHARED_SETTINGS = ['PUBLIC_URL', 'TRUSTED_PROXIES'] as const

/** Serves the reference of the whole interface, which is part of no contract. */
export const DOCUMENTATION = { module: 'auth', prefixes: ['/docs', '/openapi.json'] } as const

const worker: Scaling = { min: 2, max: 4, cpu: 70, queueDepth: 500 }

/**
 * Everything that is deployed. Compose, Pulumi and the pipelines are made from this list or held against it; a module
 * that is missing here, or whose secrets are others than its configuration asks for, fails a test.
 */
export const catalogue: readonly Service[] = [
  {
    module: 'auth',
    contract: auth,
    neighbours: ['notifications', 'users'],
    secrets: {
      AUTH_KEY_ENCRYPTION_KEY: 'auth/key-encryption-key',
      SECRETS_ENCRYPTION_KEY: 'secrets-encryption-key',
      OIDC_PROVIDERS: 'auth/oidc-providers',
    },
    settings: [],
    files: false,
    http: { min: 3, max: 10, cpu: 70 },
    worker,
  },
  {
    module: 'users',
    contract: users,
    neighbours: ['auth', 'billing', 'notifications'],
    secrets: { SECRETS_ENCRYPTION_KEY: 'secrets-encryption-key' },
    settings: ['STORAGE_URL'],
    files: true,
    http: { min: 3, max: 15, cpu: 65, latencyP95Seconds: 1 },
    worker,
  },
  {
    module: 'billing',
    contract: billing,
    neighbours: ['auth', 'notifications', 'users'],
    secrets: {
      STRIPE_SECRET_KEY: 'billing/stripe-secret-key',
      STRIPE_WEBHOOK_SECRET: 'billing/stripe-webhook-secret',
    },
    settings: [],
    files: false,
    http: { min: 3, max: 10, cpu: 70 },
    worker,
  },
  {
    module: 'notifications',
    contract: notifications,
    neighbours: ['auth', 'billing', 'users'],
    secrets: {
      SECRETS_ENCRYPTION_KEY: 'secrets-encryption-key',
      RESEND_API_KEY: 'notifications/resend-api-key',
      RESEND_WEBHOOK_SECRET: 'notifications/resend-webhook-secret',
    },
    settings: ['EMAIL_FROM'],
    files: false,
    http: { min: 3, max: 10, cpu: 70 },
    worker: { min: 2, max: 12, cpu: 70, queueDepth: 500 },
  },
]

/** `billing-service`: the app, the image and the Dockerfile's folder. */
export function appOf({ module }: Service): string {
  return `${module}-service`
}

/** Public path prefixes that are this service's own, for whoever routes to it. */
export function prefixesOf({ module, contract }: Service): string[] {
  return [...contractPrefixes(contract), ...(module === DOCUMENTATION.module ? DOCUMENTATION.prefixes : [])]
}

/** Every secret that it reads: environment variable → name below `lightpress-<environment>/`. */
export function secretsOf({ module, secrets }: Service): Record<string, string> {
  return { [`${module.toUpperCase()}_DATABASE_URL`]: `${module}/database-url`, ...SHARED_SECRETS, ...secrets }
}

/** Where its neighbours call a module: the same name and port in compose and in production. */
export function internalUrlOf(module: string): string {
  return `http://${module}:3001`
}

import { z } from 'zod'
import { whyNotAnybody } from './development-sign-in.ts'
import { isLoopbackName } from './origin.ts'

export type Environment = Readonly<Record<string, string | undefined>>

// What a variable's `.meta` says, as the last call on its schema: `example`, for whoever it is missing to, and
// `secret: true` when knowing it lets one in or lets one pass for us. Of such a variable the deployment keeps the value in
// the secret store, and the catalogue of services (`infra/src/catalogue.ts`) its name; a test holds the two together.

/**
 * 32 random bytes in base64: what our symmetric keys are made of. While one takes the place of another both are given,
 * comma-separated: the first is what we use, the others are what we know as well (docs/operations/rotate-keys.md).
 */
export const SecretKey = z
  .string()
  .refine((value) => value.split(',').every(isKey), 'must be 32 random bytes in base64')
  .meta({ example: 'the output of: openssl rand -base64 32', secret: true })

function isKey(value: string): boolean {
  return z.base64().safeParse(value).success && Buffer.from(value, 'base64').length >= 32
}

/** The keys of a variable that is a `SecretKey`: first the one to use, then those that are known besides. */
export function keysFrom(value: string): [Buffer, ...Buffer[]] {
  const [first = '', ...others] = value.split(',')
  return [Buffer.from(first, 'base64'), ...others.map((key) => Buffer.from(key, 'base64'))]
}

const isNetwork = (value: string) => Network.safeParse(value).success
const Network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])

const flag = z.enum(['true', 'false']).transform((value) => value === 'true')

const list = (value: string) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)

/**
 * Where browsers find the product. Cookies are only for HTTPS (and `__Host-`) where this is HTTPS, so anything else is
 * for this machine alone. Read into its one form, because it is compared by text: `HTTPS://App.example.com` is no other.
 */
const PublicUrl = z
  .url({ protocol: /^https?$/ })
  .transform((text) => new URL(text))
  .refine(({ href, origin }) => href === `${origin}/`, 'must be an origin, without a path')
  .refine(({ protocol, hostname }) => protocol === 'https:' || isLoopbackName(hostname), 'must begin with https://')
  .transform(({ origin }) => origin)

export const Role = z.enum(['http', 'worker', 'relay', 'scheduler'])
export type Role = z.infer<typeof Role>

/** What every process needs, whichever modules it hosts. Names as in `.env.example`. */
const KernelVariables = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  HOST: z.string().default('0.0.0.0'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  INTERNAL_PORT: z.coerce.number().int().min(0).max(65535).default(3001),
  ROLES: z.string().default('http,worker,relay,scheduler').transform(list).pipe(z.array(Role).min(1)),
  /** Comma-separated addresses or CIDR ranges whose `X-Forwarded-*` headers are believed, or `none`. */
  TRUSTED_PROXIES: z
    .string()
    .transform((value) => (value === 'none' ? [] : list(value)))
    .pipe(z.array(z.string().refine(isNetwork, { error: ({ input }) => `${String(input)} is no address or range` })))
    .optional()
    .meta({ example: '10.0.0.0/8,192.168.1.1, or none' }),
  PUBLIC_URL: PublicUrl.meta({ example: 'https://app.example.com' }),
  QUEUE_URL: z.url({ protocol: /^(rediss?|postgres(ql)?)$/ }).meta({ example: 'redis://localhost:6379', secret: true }),
  INTERNAL_KEY: SecretKey,
  /** Milliseconds before the second attempt of an event or job; doubles with each further one, up to ten attempts. */
  RETRY_DELAY: z.coerce.number().int().min(1).max(60_000).default(1_000),
  /**
   * Milliseconds that a process which is told to stop goes on answering while it says that it is not ready: longer than
   * whatever sends it requests takes to see that. None where nobody looks.
   */
  DRAIN_DELAY: z.coerce.number().int().min(0).max(60_000).default(0),
  /** Connections a module may hold to PostgreSQL. */
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(200).default(10),
  /** What the deployment is called in metrics, traces and reports. */
  ENVIRONMENT: z
    .string()
    .regex(/^[\w-]{1,40}$/)
    .default('development'),
  /** The commit that runs, for traces and reports. */
  RELEASE: z
    .string()
    .regex(/^[\w.-]{1,64}$/)
    .optional(),
  /** Whether the internal port serves /metrics. */
  METRICS: flag.default(true),
  /** Whether workers write the depth of their queues as lines of CloudWatch's embedded metric format. */
  METRICS_EMF: flag.default(false),
  /** Where traces go, over OTLP/HTTP; nowhere without. The SDK reads its other standard variables itself. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({ example: 'http://localhost:4318' }),
  OTEL_TRACES_SAMPLER: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  /** Where unexpected errors are reported; nowhere without. */
  SENTRY_DSN: z
    .union([z.literal('none'), z.url({ protocol: /^https?$/ })])
    .transform((dsn) => (dsn === 'none' ? undefined : dsn))
    .optional()
    .meta({ example: 'https://key@sentry.example.com/1, or none', secret: true }),
  /** Lets programs on this machine be anybody, for development: see `development.ts`. */
  DEVELOPMENT_SIGN_IN: flag.default(false),
})

/**
 * Behind a load balancer that nobody told us of, the whole world is one network, and shares the limits of one. So it is
 * to be said in words that there is none, except on this machine.
 */
const BehindProxies = KernelVariables.refine(
  ({ PUBLIC_URL, TRUSTED_PROXIES }) => TRUSTED_PROXIES !== undefined || isLoopbackName(new URL(PUBLIC_URL).hostname),
  {
    path: ['TRUSTED_PROXIES'],
    // Also when something else is missing, so that all of it is named at once.
    when: ({ issues }) => !issues.some(({ path }) => path?.[0] === 'PUBLIC_URL' || path?.[0] === 'TRUSTED_PROXIES'),
  },
)

/** Refused rather than left off, so that nobody takes a process for safer, or for more open, than it is. */
export const kernelConfig = BehindProxies.refine(
  (variables) => !isTrue(variables.DEVELOPMENT_SIGN_IN) || whyNotAnybody(variables).length === 0,
  {
    path: ['DEVELOPMENT_SIGN_IN'],
    error: ({ input }) => `it lets anybody be anybody: ${whyNotAnybody(input as object).join('; ')}`,
    // Also when something else is missing or wrong, as above.
    when: () => true,
  },
)
export type KernelConfig = z.infer<typeof kernelConfig>

/** What `migrate` needs of it: nobody is served and nobody is asked. The queue, in case it is a schema of PostgreSQL. */
export const migrationConfig = KernelVariables.pick({ LOG_LEVEL: true, QUEUE_URL: true })

/** Of what was read so far: a word that is neither true nor false stays a word, and is wrong by itself. */
function isTrue(value: unknown): boolean {
  return value === true
}

/** `<MODULE>_DATABASE_URL`, else `DATABASE_URL`. */
export function databaseConfig(module: string, env: Environment) {
  const own = `${module.toUpperCase()}_DATABASE_URL`
  const name = env[own] ? own : 'DATABASE_URL'
  const url = z
    .url({ protocol: /^postgres(ql)?$/ })
    .meta({ example: 'postgres://user:password@localhost:5432/lightpress', secret: true })
  return { name, schema: z.object({ [name]: url }) }
}

/** `<MODULE>_URL`: the internal address of a neighbour that runs elsewhere. */
export function neighbourConfig(module: string) {
  const name = `${module.toUpperCase()}_URL`
  return { name, schema: z.object({ [name]: z.url().meta({ example: `http://${module}:3001` }) }) }
}

/** One variable that a schema reads. */
export interface Variable {
  name: string
  secret: boolean
}

/** What a schema reads from the environment, for whoever deploys what reads it. */
export function variablesOf({ shape }: z.ZodObject): Variable[] {
  return Object.entries(shape as Record<string, z.ZodType>).map(([name, schema]) => ({
    name,
    secret: schema.meta()?.secret === true,
  }))
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** What a secret holds that nobody has given a value yet (`infra/src/secrets.ts`): a secret cannot be there and empty. */
const UNSET = 'unset'

/**
 * Reads every schema from the environment at once and throws one `ConfigError` that names each missing or
 * wrong variable with an example; nothing falls back silently. Empty strings count as missing, and so does `unset`.
 */
export function loadConfig<S extends Record<string, z.ZodObject>>(
  schemas: S,
  environment: Environment,
): { [K in keyof S]: z.output<S[K]> } {
  const env = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== '' && value !== UNSET))
  const problems = new Map<string, string>()
  const values: Record<string, unknown> = {}
  for (const [key, schema] of Object.entries(schemas)) {
    const result = schema.safeParse(env)
    if (result.success) values[key] = result.data
    for (const issue of result.error?.issues ?? []) {
      const name = String(issue.path[0])
      const example = (schema.shape[name] as z.ZodType | undefined)?.meta()?.example
      const wrong = env[name] === undefined ? 'is missing' : `is wrong: ${issue.message}`
      problems.set(name, `${wrong}${typeof example === 'string' ? ` (for example ${example})` : ''}`)
    }
  }
  if (problems.size > 0) {
    const lines = [...problems].map(([name, problem]) => `  ${name} ${problem}`).sort()
    throw new ConfigError(
      `The configuration is not complete:\n${lines.join('\n')}\nSet them in the environment or in .env and start again.`,
    )
  }
  return values as { [K in keyof S]: z.output<S[K]> }
}

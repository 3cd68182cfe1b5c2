import { z } from 'zod'

export type Environment = Readonly<Record<string, string | undefined>>

/** 32 random bytes in base64: what our symmetric keys are made of. */
export const SecretKey = z
  .base64()
  .refine((value) => Buffer.from(value, 'base64').length >= 32, 'must be 32 random bytes in base64')
  .meta({ example: 'the output of: openssl rand -base64 32' })

const isNetwork = (value: string) => Network.safeParse(value).success
const Network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])

const list = (value: string) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)

export const Role = z.enum(['http', 'worker', 'relay', 'scheduler'])
export type Role = z.infer<typeof Role>

/** What every process needs, whichever modules it hosts. Names as in docs/configuration.md. */
export const kernelConfig = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  HOST: z.string().default('0.0.0.0'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  INTERNAL_PORT: z.coerce.number().int().min(0).max(65535).default(3001),
  ROLES: z.string().default('http,worker,relay,scheduler').transform(list).pipe(z.array(Role).min(1)),
  /** Comma-separated addresses or CIDR ranges whose `X-Forwarded-*` headers are believed. */
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform(list)
    .pipe(z.array(z.string().refine(isNetwork, { error: ({ input }) => `${String(input)} is no address or range` })))
    .meta({ example: '10.0.0.0/8,192.168.1.1' }),
  PUBLIC_URL: z
    .url()
    .transform((url) => url.replace(/\/$/, ''))
    .meta({ example: 'https://app.example.com' }),
  QUEUE_URL: z.url({ protocol: /^(rediss?|postgres(ql)?)$/ }).meta({ example: 'redis://localhost:6379' }),
  INTERNAL_KEY: SecretKey,
  /** Milliseconds before the second attempt of an event or job; doubles with each further one, up to ten attempts. */
  RETRY_DELAY: z.coerce.number().int().min(1).max(60_000).default(1_000),
  /** Connections a module may hold to PostgreSQL. */
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(200).default(10),
})
export type KernelConfig = z.infer<typeof kernelConfig>

/** `<MODULE>_DATABASE_URL`, else `DATABASE_URL`. */
export function databaseConfig(module: string, env: Environment) {
  const own = `${module.toUpperCase()}_DATABASE_URL`
  const name = env[own] ? own : 'DATABASE_URL'
  const url = z
    .url({ protocol: /^postgres(ql)?$/ })
    .meta({ example: 'postgres://user:password@localhost:5432/lightpress' })
  return { name, schema: z.object({ [name]: url }) }
}

/** `<MODULE>_URL`: the internal address of a neighbour that runs elsewhere. */
export function neighbourConfig(module: string) {
  const name = `${module.toUpperCase()}_URL`
  return { name, schema: z.object({ [name]: z.url().meta({ example: `http://${module}:3001` }) }) }
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/**
 * Reads every schema from the environment at once and throws one `ConfigError` that names each missing or
 * wrong variable with an example; nothing falls back silently. Empty strings count as missing.
 */
export function loadConfig<S extends Record<string, z.ZodObject>>(
  schemas: S,
  environment: Environment,
): { [K in keyof S]: z.output<S[K]> } {
  const env = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
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

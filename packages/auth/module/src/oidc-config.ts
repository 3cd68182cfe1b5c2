import { isLoopbackName } from '@lightpress/kernel'
import { z } from 'zod'

/** Stands in paths that the provider is told, so it stays as it is. */
const Id = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens')

/** Plain HTTP is for this machine alone: what a provider says is believed because of TLS. */
const Issuer = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .pipe(
    z
      .string()
      .refine((issuer) => !/[?#]/.test(issuer), 'must have no query and no fragment')
      .refine((issuer) => isSecure(new URL(issuer)), 'must begin with https://'),
  )

const Provider = z
  .strictObject({
    id: Id,
    name: z.string().trim().min(1).max(60),
    issuer: Issuer,
    clientId: z.string().min(1),
    clientSecret: z.string().min(1).optional(),
    scopes: z
      .string()
      .refine((scopes) => scopes.split(' ').includes('openid'), 'must have openid among them')
      .default('openid email profile'),
    /** As the provider registered us. `none`: without a secret, by PKCE alone. */
    tokenEndpointAuthMethod: z.enum(['client_secret_basic', 'client_secret_post', 'none']).optional(),
    prompt: z.string().min(1).optional(),
  })
  .refine(
    ({ clientSecret, tokenEndpointAuthMethod: method }) =>
      method === undefined || (method === 'none') === (clientSecret === undefined),
    { path: ['clientSecret'], message: 'must be there, unless tokenEndpointAuthMethod is none' },
  )
  .transform(({ tokenEndpointAuthMethod: method, ...provider }) => ({
    ...provider,
    // What every provider knows that gives out secrets (RFC 6749, 2.3.1).
    tokenEndpointAuthMethod: method ?? (provider.clientSecret === undefined ? 'none' : 'client_secret_basic'),
  }))
export type OidcProvider = z.output<typeof Provider>

/**
 * `OIDC_PROVIDERS`: a JSON array. What is wrong is said by entry and field, and nothing of what was written is repeated:
 * there are secrets in it.
 */
export const OidcProviders = z
  .string()
  .default('[]')
  .transform((text, { issues, value }) => {
    const refuse = (message: string) => {
      issues.push({ code: 'custom', input: value, message })
      return z.NEVER
    }
    const entries = parseJson(text)
    if (!Array.isArray(entries)) return refuse('it must be a JSON array, on one line')
    const parsed = entries.map((entry: unknown) => Provider.safeParse(entry))
    const wrong = parsed.flatMap(({ error }, index) => (error ? [describe(entries[index], index, error)] : []))
    if (wrong.length > 0) return refuse(wrong.join('; '))
    const providers = parsed.flatMap(({ data }) => data ?? [])
    const twice = providers.find(({ id }, index) => providers.findIndex((other) => other.id === id) !== index)
    return twice ? refuse(`two entries have the id ${twice.id}`) : providers
  })
  .meta({
    example: '[{"id":"google","name":"Google","issuer":"https://accounts.google.com","clientId":"…"}]',
    secret: true,
  })

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // V8's own message quotes the text.
    return undefined
  }
}

function describe(entry: unknown, index: number, { issues }: z.ZodError): string {
  const id = Id.safeParse((entry as { id?: unknown } | null)?.id).data
  const problems = issues.map(({ path, message }) => `${path.join('.') || 'entry'}: ${message}`)
  return `entry ${index + 1}${id === undefined ? '' : ` (${id})`}: ${problems.join(', ')}`
}

function isSecure({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || isLoopbackName(hostname)
}

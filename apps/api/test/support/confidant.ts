import { randomBytes, randomUUID } from 'node:crypto'
import { cookieNames } from '@lightpress/kernel'
import { readMails } from '@lightpress/mailbox'
import { until } from './person.ts'
import { serviceOf } from './operations.ts'
import type { Answer } from './send.ts'
import type { World } from './world.ts'

/** Of paths that do not begin with its name. */
const moduleOf: Record<string, string> = {
  organizations: 'users',
  invitations: 'users',
  'webhook-endpoints': 'notifications',
}

/** Calls the product and remembers every secret that it sent or was given, and every refusal. */
export function createConfidant(world: World) {
  const secrets = new Map<string, string>()
  const refusals: Answer[] = []

  function keep<S extends string | undefined>(what: string, secret: S): S {
    if (secret && secret.length >= 8) secrets.set(secret, what)
    return secret
  }

  function keepToken(what: string, token: string | undefined): void {
    keep(what, token)
    // A signature without the rest is of no use, but nothing that would want it is of any use either.
    if (token?.split('.').length === 3) keep(`the signature of ${what}`, token.split('.')[2])
  }

  /** `headers` win over what a browser of ours would send. */
  async function call(
    path: string,
    { body, headers, method = 'POST' }: { body?: unknown; headers?: Record<string, string>; method?: string } = {},
  ): Promise<Answer> {
    const noun = path.split('/')[2] ?? ''
    const module = moduleOf[noun] ?? noun
    const answer = await world.send(serviceOf(world.stack, module), {
      method,
      path,
      headers: { origin: world.stack.url, ...headers },
      body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
    })
    if (answer.status >= 400) refusals.push(answer)
    const { accessToken, refreshToken } = (answer.json ?? {}) as { accessToken?: string; refreshToken?: string }
    keepToken('an access token', accessToken)
    keepToken('a refresh token', refreshToken)
    for (const cookie of [answer.headers['set-cookie'] ?? []].flat()) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=')
      keepToken(`the cookie ${name}`, decodeURIComponent(value))
    }
    return answer
  }

  return {
    secrets,
    refusals,
    keep,
    call,
    newPassword: () => keep('a password', `secret ${randomBytes(9).toString('hex')} word`),
    /** The token in the newest link to `path` in a mail to this address. */
    async linkToken(email: string, path: string): Promise<string> {
      const token = await until(
        async () => {
          const mails = (await readMails(world.stack.mailbox)).filter(({ to }) => to.includes(email))
          const links = mails.map(({ html }) => new RegExp(`${path}#token=([^"&\\s]+)`).exec(html ?? '')?.[1])
          return links.filter((link) => link !== undefined).at(-1)
        },
        (link) => link !== undefined,
      )
      return keep(`the link token of ${path}`, decodeURIComponent(token ?? ''))
    },
    /** Cookies as a browser sends them back. */
    cookiesOf({ headers }: Answer): Record<string, string> {
      const cookies = [headers['set-cookie'] ?? []].flat().map((cookie) => cookie.split(';')[0])
      return { cookie: cookies.join('; ') }
    },
    bearerOf({ json }: Answer): Record<string, string> {
      const { accessToken = '' } = (json ?? {}) as { accessToken?: string }
      return { authorization: `Bearer ${accessToken}` }
    },
    newAddress: () => `ada-${randomUUID()}@example.com`,
    names: cookieNames(world.stack.url),
  }
}

export type Confidant = ReturnType<typeof createConfidant>

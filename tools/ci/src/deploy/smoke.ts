import { catalogue, prefixesOf, TEST_HEADER } from 'infra'
import { Failure, messageOf } from './failure.ts'

export interface SmokeOptions {
  /** Asks the version that a deployment is about to bring, which nobody else sees yet. */
  test?: boolean
  /** What there is to ask, while not all is there yet. */
  present?: Present
}

/** What of the product runs: modules, and the web. */
export interface Present {
  modules: readonly string[]
  web: boolean
}

interface Check {
  /** Whose answer it is. */
  of: string
  path: string
  what: string
  /** What is wrong with the answer; nothing where it is right. */
  judge: (answer: Response) => Promise<string | undefined> | string | undefined
}

/** Asks the product at a URL what anybody may ask, and throws with all that is answered wrongly. */
export async function smoke(url: string, { test = false, present = WHOLE }: SmokeOptions = {}): Promise<void> {
  const headers = test ? { [TEST_HEADER.name]: TEST_HEADER.value } : undefined
  const problems = await Promise.all(
    checksOf(present).map(async ({ path, what, judge }) => {
      const problem = await ask(new URL(path, url), headers).then(judge).catch(messageOf)
      return problem && `  ${what} (${path}): ${problem}`
    }),
  )
  const wrong = problems.filter((problem) => problem !== undefined)
  if (wrong.length > 0) throw new Failure(`${url} does not answer as it should:\n${wrong.join('\n')}`)
}

const WHOLE: Present = { modules: catalogue.map(({ module }) => module), web: true }

/** Milliseconds that one answer may take. */
const PATIENCE = 10_000

/** Redirects are not followed: none of these has one, and the page that it led to would look well. */
function ask(url: URL, headers: Record<string, string> | undefined): Promise<Response> {
  return fetch(url, { ...(headers && { headers }), redirect: 'manual', signal: AbortSignal.timeout(PATIENCE) })
}

function checksOf({ modules, web }: Present): Check[] {
  const there = [...modules, ...(web ? ['web'] : [])]
  return checks().filter((check) => there.includes(check.of))
}

function checks(): Check[] {
  return [
    ...catalogue.map((service): Check => ({
      of: service.module,
      path: `${prefixesOf(service)[0] ?? ''}/`,
      what: `readiness of ${service.module}`,
      judge: answersForItself,
    })),
    {
      of: 'auth',
      path: '/.well-known/jwks.json',
      what: 'the keys that tokens are signed with',
      judge: hasList('keys'),
    },
    { of: 'billing', path: '/v1/billing/plans', what: 'the plans', judge: hasList('items') },
    { of: 'users', path: '/v1/users/me', what: 'a profile without a session', judge: isRefused },
    { of: 'web', path: '/', what: "the web's page", judge: isThePage },
  ]
}

/**
 * `/health/ready` is for the load balancer, and not to be had from outside. A service that is behind its paths answers
 * in JSON there, whatever it says; a path without one has a 5xx, the load balancer's own answer, or the web's page.
 */
async function answersForItself(answer: Response): Promise<string | undefined> {
  if (answer.status >= 500) return `status ${answer.status}`
  const wrong = expectType(answer, 'json')
  if (wrong) return wrong
  return (await answer.text()).includes('gateway.not_found') ? 'no service is behind this path' : undefined
}

function isRefused(answer: Response): string | undefined {
  return expectStatus(answer, 401)
}

function hasList(name: string): Check['judge'] {
  return async (answer) => {
    const wrong = expectStatus(answer, 200) ?? expectType(answer, 'json')
    if (wrong) return wrong
    const list = ((await answer.json()) as Record<string, unknown>)[name]
    return Array.isArray(list) && list.length > 0 ? undefined : `it has no ${name}`
  }
}

async function isThePage(answer: Response): Promise<string | undefined> {
  const wrong = expectStatus(answer, 200) ?? expectType(answer, 'text/html')
  if (wrong) return wrong
  return (await answer.text()).includes('/app-assets/') ? undefined : 'the page loads nothing of ours'
}

function expectStatus({ status }: Response, expected: number): string | undefined {
  return status === expected ? undefined : `status ${status} instead of ${expected}`
}

function expectType({ headers }: Response, expected: string): string | undefined {
  const type = headers.get('content-type') ?? 'nothing'
  return type.includes(expected) ? undefined : `answers ${type} instead of ${expected}`
}

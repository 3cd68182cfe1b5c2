import type { RunningModule } from '@lightpress/testing'
import type { Browser } from './support.ts'

/** A tab of a browser, which goes where it is led. */
export interface Landing {
  status: number
  /** Where it is led next, as it stands there. */
  location: string
  /** The same, as our page would read it. */
  path: string
  query: Record<string, string>
  fragment: Record<string, string>
}

/** Opens an address in a browser as a navigation: with its cookies, without an `Origin`. */
export async function open(
  { cookies }: Pick<Browser, 'cookies'>,
  url: string,
  form?: URLSearchParams,
): Promise<Landing> {
  const response = await fetch(url, {
    redirect: 'manual',
    headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
    ...(form && { method: 'POST', body: form }),
  })
  for (const line of response.headers.getSetCookie()) {
    const [name = '', ...value] = (line.split(';')[0] as string).split('=')
    if (value.join('=') === '') cookies.delete(name)
    else cookies.set(name, value.join('='))
  }
  const text = await response.text()
  const location = response.headers.get('location') ?? ''
  const target = new URL(location, url)
  return {
    status: response.status,
    location: location === '' ? text : target.href,
    path: target.pathname,
    query: Object.fromEntries(target.searchParams),
    fragment: Object.fromEntries(new URLSearchParams(target.hash.slice(1))),
  }
}

/** Follows a provider's redirects, in a browser that has no session there yet, until it leads back. */
export async function visit(url: string): Promise<string> {
  const browser = { cookies: new Map<string, string>() }
  let at = url
  for (let hops = 0; hops < 10; hops++) {
    const { location, status } = await open(browser, at)
    if (status < 300 || status >= 400) throw new Error(`The provider answered ${status} at ${at}: ${location}`)
    if (location.includes('/v1/auth/oidc/')) return location
    at = location
  }
  throw new Error(`The provider leads in circles: ${at}`)
}

/** Comes back from a provider: what it was told is PUBLIC_URL, and the test listens elsewhere. */
export function comeBack(app: RunningModule, browser: Pick<Browser, 'cookies'>, callback: string): Promise<Landing> {
  const { pathname, search } = new URL(callback)
  return open(browser, app.baseUrl + pathname + search)
}

/** Signs in by a provider, from the button to the page behind. */
export async function signInBy(app: RunningModule, browser: Pick<Browser, 'cookies'>, provider: string, next?: string) {
  const query = next === undefined ? '' : `?${new URLSearchParams({ next }).toString()}`
  const started = await open(browser, `${app.baseUrl}/v1/auth/oidc/${provider}/start${query}`)
  if (started.location.startsWith(app.baseUrl)) return started
  return comeBack(app, browser, await visit(started.location))
}

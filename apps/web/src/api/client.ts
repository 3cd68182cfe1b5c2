import { type Client, type Contract, createHttpClient } from '@lightpress/protocol'
import type { BrowserRoute, BrowserRoutes } from 'virtual:lightpress-routes'
import { reachingFetch } from './reaching-fetch.ts'
import { sessionFetch } from './session.ts'
import { confirmed } from './step-up.ts'

/** Types come from the contract, paths from the build: no schema reaches the browser. */
export function createClient<C extends Contract>(all: BrowserRoutes<C>): Client<C> {
  const pick = (open: boolean) =>
    Object.fromEntries(Object.entries<BrowserRoute>(all).filter(([, route]) => route.open === open))
  return {
    ...createHttpClient<C>(pick(true), { fetch: reachingFetch }),
    ...confirming(createHttpClient<C>(pick(false), { fetch: sessionFetch })),
  }
}

/** Whatever wants a recent proof of who it is has it asked for. */
function confirming<C extends Contract>(client: Client<C>): Client<C> {
  const calls = Object.entries(client as Record<string, (...args: unknown[]) => Promise<unknown>>)
  return Object.fromEntries(
    calls.map(([name, call]) => [name, (...args: unknown[]) => confirmed(() => call(...args))]),
  ) as Client<C>
}

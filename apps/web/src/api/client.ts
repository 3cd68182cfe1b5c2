import { type Client, type Contract, createHttpClient, type Route } from '@lightpress/protocol'
import { reachingFetch } from './reaching-fetch.ts'
import { sessionFetch } from './session.ts'

/** `open`: it needs no session, so its 401 is an answer and not an expired token. */
export type BrowserRoute = Route & { open: boolean }

/** One for each operation with a public path; those for other services and for the platform are not there. */
export type BrowserRoutes<C extends Contract> = Record<keyof C['operations'], BrowserRoute>

/** Types come from the contract, paths from the build: no schema reaches the browser. */
export function createClient<C extends Contract>(all: BrowserRoutes<C>): Client<C> {
  const pick = (open: boolean) =>
    Object.fromEntries(Object.entries<BrowserRoute>(all).filter(([, route]) => route.open === open))
  return {
    ...createHttpClient<C>(pick(true), { fetch: reachingFetch }),
    ...createHttpClient<C>(pick(false), { fetch: sessionFetch }),
  }
}

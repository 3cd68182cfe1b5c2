import { type Client, type Contract, createHttpClient } from '@lightpress/protocol'
import type { BrowserRoute, BrowserRoutes } from 'virtual:lightpress-routes'
import { reachingFetch } from './reaching-fetch.ts'
import { sessionFetch } from './session.ts'

/** Types come from the contract, paths from the build: no schema reaches the browser. */
export function createClient<C extends Contract>(all: BrowserRoutes<C>): Client<C> {
  const pick = (open: boolean) =>
    Object.fromEntries(Object.entries<BrowserRoute>(all).filter(([, route]) => route.open === open))
  return {
    ...createHttpClient<C>(pick(true), { fetch: reachingFetch }),
    ...createHttpClient<C>(pick(false), { fetch: sessionFetch }),
  }
}

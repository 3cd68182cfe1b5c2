import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { serve, type Module, type ServeOptions, type Server } from '@lightpress/kernel'
import { accesses, systemContract, type Contract } from '@lightpress/protocol'
import type { FastifyInstance } from 'fastify'

export interface Served {
  server: Server
  /** What Fastify really routes on the public port and on the internal one: `GET /v1/users/me`. */
  routes: { outside: string[]; inside: string[] }
}

const CREATED = 'fastify.initialization'

/** Hosts modules, and listens to Fastify for every route that anybody adds. `plant` is run with each new instance. */
export async function serveWatched(
  modules: readonly Module[],
  options: ServeOptions,
  plant: (app: FastifyInstance) => void = () => {},
): Promise<Served> {
  const routes = new Map<FastifyInstance, string[]>()
  const watch = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    const found: string[] = []
    routes.set(fastify, found)
    fastify.addHook('onRoute', ({ method, url }) => {
      found.push(...[method].flat().map((each) => `${each} ${url}`))
    })
    plant(fastify)
  }
  subscribe(CREATED, watch)
  try {
    const server = await serve(modules, options)
    const of = (app: FastifyInstance) => routes.get(app) ?? []
    return { server, routes: { outside: of(server.app), inside: of(server.internal) } }
  } finally {
    unsubscribe(CREATED, watch)
  }
}

/** The kernel's own door for neighbours, which is no operation. */
const SEAM = 'POST /internal/:module/:operation'

/** What it counts, for whoever watches over it. */
const METRICS = 'GET /metrics'

/** Routes that no contract knows, and operations that are not routed. The process documents itself. */
export function findUndeclared({ routes }: Served, modules: readonly Module[]): string[] {
  const system = declaredBy(systemContract)
  const health = system.filter((route) => route.startsWith('GET /health/'))
  return [
    ...compare('the public port', routes.outside, [
      ...system,
      ...modules.flatMap(({ contract }) => declaredBy(contract)),
    ]),
    ...compare('the internal port', routes.inside, [...health, SEAM, METRICS]),
  ]
}

function declaredBy({ operations }: Contract): string[] {
  return Object.values(operations).flatMap(({ method, path }) => (path === undefined ? [] : `${method} ${path}`))
}

function compare(where: string, real: readonly string[], declared: readonly string[]): string[] {
  return [
    ...real.filter((route) => !declared.includes(route)).map((route) => `${route} on ${where} is in no contract`),
    ...declared.filter((route) => !real.includes(route)).map((route) => `${route} is not served on ${where}`),
  ]
}

/** Operations that do not say who may call them, however they came into their contract. */
export function findWithoutAccess(contracts: readonly Contract[]): string[] {
  return contracts.flatMap(({ name, operations }) =>
    Object.entries(operations)
      .filter(([, { access }]) => !accesses.includes(access))
      .map(([key, { access }]) => `${name}.${key} has the access ${access}`),
  )
}

import { freePort } from '@lightpress/local'
import { appOf, catalogue, prefixesOf } from 'infra'

export type Topology = 'single' | 'split'

/** One process of the product: what to run, with which environment, and what of it the gateway needs. */
export interface Service {
  name: string
  /** Relative to the root of the repository. */
  entry: string
  env: Record<string, string>
  /** What the gateway sees. */
  url: string
  /** What neighbours see. */
  internalUrl: string
  prefixes: string[]
}

/** What surrounds the services, wherever it comes from: embedded, a test's or the person's own. */
export interface Surroundings {
  databaseUrl: string
  queueUrl: string
  publicUrl: string
  storageUrl: string
  mailboxUrl: string | undefined
  stripeUrl: string | undefined
  secrets: Record<string, string>
}

/** Development is for this machine alone, and the gateway is the only proxy. */
export const LOOPBACK = { HOST: '127.0.0.1', TRUSTED_PROXIES: '127.0.0.1' }

/** The commands for the whole product (`migrate`, `seed`) are the monolith's in both topologies. */
export const COMMANDS = 'apps/api/src/main.ts'

/** Which processes run and how they find each other; ports are free ones. */
export async function planServices(topology: Topology): Promise<Service[]> {
  return topology === 'single' ? [await planService('api', COMMANDS, catalogue.flatMap(prefixesOf))] : planSplit()
}

/** The paths that are each module's own, for whoever routes to it: as in production, by the catalogue. */
export function modulePrefixes(): Record<string, string[]> {
  return Object.fromEntries(catalogue.map((service) => [service.module, prefixesOf(service)]))
}

/** The gateway's routes: prefix → service. */
export function routesTo(services: readonly Service[]): Record<string, string> {
  return Object.fromEntries(services.flatMap(({ prefixes, url }) => prefixes.map((prefix) => [prefix, url])))
}

/** The environment that all services share; names as in `.env.example`. */
export function sharedEnvironment(around: Surroundings): Record<string, string> {
  return {
    DATABASE_URL: around.databaseUrl,
    QUEUE_URL: around.queueUrl,
    PUBLIC_URL: around.publicUrl,
    STORAGE_URL: around.storageUrl,
    ...LOOPBACK,
    ...around.secrets,
    ...(around.stripeUrl && { STRIPE_API_BASE: around.stripeUrl, STRIPE_SECRET_KEY: 'sk_test_lightpress' }),
    ...(around.mailboxUrl && {
      RESEND_BASE_URL: around.mailboxUrl,
      RESEND_API_KEY: 're_lightpress',
      // The mailbox takes as much as comes.
      RESEND_RATE: '1000',
      EMAIL_FROM: 'Lightpress <hello@lightpress.localhost>',
    }),
  }
}

async function planSplit(): Promise<Service[]> {
  const services = await Promise.all(
    catalogue.map((service) => planService(service.module, `apps/${appOf(service)}/src/main.ts`, prefixesOf(service))),
  )
  return services.map((service) => ({ ...service, env: { ...service.env, ...neighbours(service, services) } }))
}

async function planService(name: string, entry: string, prefixes: string[]): Promise<Service> {
  const [port, internalPort] = [await freePort(), await freePort()]
  return {
    name,
    entry,
    env: { PORT: String(port), INTERNAL_PORT: String(internalPort) },
    url: `http://127.0.0.1:${port}`,
    internalUrl: `http://127.0.0.1:${internalPort}`,
    prefixes,
  }
}

/** `AUTH_URL` and the like, for those that run elsewhere. */
function neighbours(self: Service, services: readonly Service[]): Record<string, string> {
  const others = services.filter(({ name }) => name !== self.name)
  return Object.fromEntries(others.map(({ name, internalUrl }) => [`${name.toUpperCase()}_URL`, internalUrl]))
}

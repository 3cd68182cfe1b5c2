import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { askedBy, ConfigError, readConfig, type Module } from '@lightpress/kernel'
import { appOf, type Service } from 'infra'
import { parse } from 'yaml'
import { z } from 'zod'
import { addressOf, type Deployed } from './catalogue.ts'
import { workspace } from './discover.ts'

const Container = z.object({
  image: z.string().optional(),
  build: z.object({ context: z.string(), dockerfile: z.string() }).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.coerce.string()).default({}),
  networks: z
    .union([z.array(z.string()), z.record(z.string(), z.object({ aliases: z.array(z.string()) }).nullable())])
    .default({}),
  depends_on: z.union([z.array(z.string()), z.record(z.string(), z.object({ condition: z.string() }))]).default({}),
})
type Container = z.infer<typeof Container>
const File = z.object({ services: z.record(z.string(), Container) })

/** A compose file's containers by name, with what they merge from elsewhere in it. */
export type Compose = Readonly<Record<string, Container>>

export function readCompose(file = join(workspace, 'docker-compose.yml')): Compose {
  return File.parse(parse(readFileSync(file, 'utf8'), { merge: true })).services
}

/**
 * The images that are fetched and not built here: the official ones, whose names nobody else can take, and those of what
 * watches, under their publishers' names.
 */
const FETCHED = ['postgres', 'redis', 'prom/prometheus', 'grafana/grafana', 'grafana/tempo']
const MIGRATE = ['node', 'main.js', 'migrate']
const ENDED_WELL = 'service_completed_successfully'

/** Where a compose file differs from what the catalogue deploys, each in a sentence that says what to do. */
export function findComposeProblems(compose: Compose, { services, modules }: Deployed): string[] {
  const wanted = new Set(services.flatMap((service) => [appOf(service), oneOff(service)]))
  const strangers = Object.keys(compose).filter((name) => /-service$|^migrate-/.test(name) && !wanted.has(name))
  return [
    ...strangers.map((name) => `The container ${name} is of no module in the catalogue: remove it.`),
    ...services.flatMap((service) => {
      const module = modules.find(({ name }) => name === service.module)
      return [...containerProblems(compose, service, services), ...(module ? variableProblems(compose, module) : [])]
    }),
    ...gatewayProblems(compose, services),
    ...imageProblems(compose),
    ...strangeVariables(compose, { services, modules }),
  ]
}

/** One image for the service and for what migrates its schema, built once, of its app's Dockerfile. */
function containerProblems(compose: Compose, service: Service, all: readonly Service[]): string[] {
  const app = appOf(service)
  const [running, migrating] = [compose[app], compose[oneOff(service)]]
  if (!running || !migrating)
    return [...(running ? [] : [app]), ...(migrating ? [] : [oneOff(service)])].map(
      (name) => `The container ${name} is missing: add it as the others are.`,
    )
  const image = `localhost/lightpress/${app}`
  const dockerfile = `apps/${app}/Dockerfile`
  const named = aliasesOf(running).includes(service.module)
  const unready = all.filter((one) => conditionOf(running, oneOff(one)) !== ENDED_WELL).map(oneOff)
  return [
    ...[app, oneOff(service)]
      .filter((name) => compose[name]?.image !== image)
      .map((name) => `${name} runs ${compose[name]?.image}: its image is ${image}.`),
    ...(migrating.build?.dockerfile === dockerfile
      ? []
      : [`${oneOff(service)} builds ${migrating.build?.dockerfile}: its image is made by ${dockerfile}.`]),
    ...(isDeepStrictEqual(migrating.command, MIGRATE)
      ? []
      : [`${oneOff(service)} does not run ${MIGRATE.join(' ')}: give it that command.`]),
    ...(named ? [] : [`${app} is not found as http://${service.module}:3001: give it that alias in its network.`]),
    ...unready.map((name) => `${app} does not wait until ${name} has ended well: add it to its depends_on.`),
  ]
}

/** Told by the reader that the process starts with, so that what compose gives is what it takes. */
function variableProblems(compose: Compose, module: Module): string[] {
  const app = `${module.name}-service`
  const { shared, own, neighbours } = askedBy(module)
  const env = filledIn(compose[app]?.environment ?? {})
  const secrets = [...shared, ...own].filter(({ name, secret }) => secret && !name.endsWith('DATABASE_URL'))
  return [
    ...complaints(module, env).map((complaint) => `${app} would not start: ${complaint}`),
    ...secrets
      .filter(({ name }) => !(name in env))
      .map(({ name }) => `${app} is not given ${name}: pass it on, empty where there is none.`),
    ...neighbours
      .filter((name) => env[addressOf(name)] !== `http://${name}:3001`)
      .map(
        (name) => `${app} looks for ${name} at ${env[addressOf(name)]}: it is http://${name}:3001, as in production.`,
      ),
  ]
}

function complaints(module: Module, env: Record<string, string>): string[] {
  try {
    readConfig([module], { env })
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.message
      .split('\n')
      .filter((line) => line.startsWith('  '))
      .map((line) => line.trim())
  }
}

/** It routes to every service, by an address for each. */
function gatewayProblems(compose: Compose, services: readonly Service[]): string[] {
  return services.flatMap((service) => {
    const [variable, address] = [`${service.module.toUpperCase()}_PUBLIC_URL`, `http://${appOf(service)}:3000`]
    return compose.gateway?.environment[variable] === address ? [] : [`gateway needs ${variable}: ${address}`]
  })
}

function imageProblems(compose: Compose): string[] {
  return Object.entries(compose)
    .filter(([, { image = '' }]) => !image.startsWith('localhost/lightpress/'))
    .filter(([, { image = '' }]) => !FETCHED.some((official) => image.endsWith(`:-${official}:${tagOf(image)}}`)))
    .map(
      ([name, { image }]) =>
        `${name} runs ${image ?? 'no image'}: it is localhost/lightpress/…, which is in no registry, or \${NAME:-…} with one of ${FETCHED.join(', ')}.`,
    )
}

function tagOf(image: string): string {
  return /:([\w.-]+)}$/.exec(image)?.[1] ?? ''
}

/** A name that nobody reads is a mistake in writing: what was meant falls back to its default. */
function strangeVariables(compose: Compose, { services, modules }: Pick<Deployed, 'services' | 'modules'>): string[] {
  const read = new Set([
    'DATABASE_URL',
    ...services.map(({ module }) => addressOf(module)),
    ...modules.map(askedBy).flatMap(({ shared, own }) => [...shared, ...own].map(({ name }) => name)),
  ])
  return services.flatMap((service) =>
    Object.keys(compose[appOf(service)]?.environment ?? {})
      .filter((name) => !read.has(name))
      .map(
        (name) => `${appOf(service)} is given ${name}, which no module reads: remove it, or write it as it is read.`,
      ),
  )
}

/** `${NAME:-default}` as it is where nobody set NAME. */
function filledIn(environment: Container['environment']): Record<string, string> {
  const filled = (value: string) => value.replaceAll(/\$\{\w+:-([^}]*)\}/g, (_, value: string) => value)
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, filled(value)]))
}

function conditionOf({ depends_on: needed }: Container, name: string): string | undefined {
  return Array.isArray(needed) ? undefined : needed[name]?.condition
}

function aliasesOf({ networks }: Container): string[] {
  return Array.isArray(networks) ? [] : Object.values(networks).flatMap((network) => network?.aliases ?? [])
}

function oneOff({ module }: Service): string {
  return `migrate-${module}`
}

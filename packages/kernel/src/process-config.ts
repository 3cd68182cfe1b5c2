import { identityContract } from '@lightpress/protocol'
import type { z } from 'zod'
import {
  databaseConfig,
  kernelConfig,
  loadConfig,
  migrationConfig,
  neighbourConfig,
  variablesOf,
  type Environment,
  type KernelConfig,
  type Variable,
} from './config.ts'
import type { Hosted } from './invoke.ts'
import type { Module } from './module.ts'

/** Reads what these modules need from the environment, all at once. */
export function readConfig(
  modules: readonly Module[],
  { env = process.env, neighbours = [] }: { env?: Environment; neighbours?: readonly Hosted[] } = {},
) {
  for (const module of modules)
    if (!module?.contract || !module.handlers) throw new TypeError('serve takes modules, as defineModule makes them')
  const databases = modules.map(({ name }) => [name, databaseConfig(name, env)] as const)
  const remotes = remoteNeighbours(modules, neighbours, env).map((name) => [name, neighbourConfig(name)] as const)
  const values = loadConfig(
    {
      kernel: kernelConfig,
      ...Object.fromEntries(modules.map((module) => [`module.${module.name}`, module.config])),
      ...Object.fromEntries([...databases, ...remotes].map(([name, { schema }], at) => [`url.${at}.${name}`, schema])),
    },
    env,
  ) as Record<string, Record<string, unknown>> & { kernel: KernelConfig }
  const urls = Object.assign(
    {},
    ...Object.entries(values).flatMap(([key, value]) => (key.startsWith('url.') ? [value] : [])),
  ) as Record<string, string>
  return {
    kernel: values.kernel,
    moduleConfig: (name: string) => values[`module.${name}`],
    databaseUrl: (name: string) => urls[databaseConfig(name, env).name] as string,
    remote: new Map(remotes.map(([name, { name: variable }]) => [name, urls[variable] as string])),
  }
}

/**
 * Reads what `migrate` needs: where the schemas are, as the login that owns them. The rest is for those who serve, and
 * need not be known to whoever may change the database.
 */
export function readMigrationConfig(modules: readonly Module[], env: Environment = process.env) {
  const databases = modules.map(({ name }) => [name, databaseConfig(name, env)] as const)
  const values = loadConfig(
    { kernel: migrationConfig, ...Object.fromEntries(databases.map(([name, { schema }]) => [`url.${name}`, schema])) },
    env,
  ) as Record<string, Record<string, string>> & { kernel: z.output<typeof migrationConfig> }
  return {
    kernel: values.kernel,
    databaseUrl: (name: string) => values[`url.${name}`]?.[databaseConfig(name, env).name] as string,
  }
}

/**
 * The neighbours that run in other processes: those that are needed, those that listen, auth, and with development
 * sign-in users, who says who somebody is.
 */
function remoteNeighbours(modules: readonly Module[], neighbours: readonly Hosted[], env: Environment): string[] {
  const here = new Set([...modules, ...neighbours].map(({ name }) => name))
  const wanted = modules.flatMap(({ needs, publishes }) => [
    ...Object.values(needs).map(({ name }) => name),
    ...publishes.flatMap(({ listeners }) => listeners),
  ])
  if (env.DEVELOPMENT_SIGN_IN === 'true') wanted.push('users')
  return [...new Set([...wanted, identityContract.name])].filter((name) => !here.has(name))
}

export type ProcessConfig = ReturnType<typeof readConfig>

/** What a process that hosts this module alone asks of whoever deploys it. */
export interface Asked {
  /** What every process reads, whichever module it hosts. */
  shared: Variable[]
  /** Its own database, and what the module itself reads. */
  own: Variable[]
  /** Modules whose internal address it is told, as `<MODULE>_URL`. */
  neighbours: string[]
}

export function askedBy(module: Module): Asked {
  const own = `${module.name.toUpperCase()}_DATABASE_URL`
  return {
    shared: variablesOf(kernelConfig),
    own: [...variablesOf(databaseConfig(module.name, { [own]: 'its own' }).schema), ...variablesOf(module.config)],
    neighbours: remoteNeighbours([module], [], {}),
  }
}

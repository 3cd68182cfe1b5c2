import type * as pulumi from '@pulumi/pulumi'
import { internalUrlOf, SHARED_SETTINGS, type Service } from './catalogue.ts'
import { INTERNAL_PORT, PUBLIC_PORT } from './security-groups.ts'
import type { Settings } from './settings.ts'

type Values = Record<string, pulumi.Input<string>>

export interface EnvironmentOptions {
  settings: Settings
  /** What the stack knows of the catalogue's settings, by environment variable. */
  values: Values
  /** See connection-budget.ts. */
  poolSize: number
}

/** Roles of the two kinds of processes: what answers is kept apart from what takes its time. */
export const ROLES = { http: 'http', worker: 'worker,relay,scheduler' } as const

/**
 * Milliseconds that a task which is told to stop goes on answering: until the load balancer and its neighbours' proxies
 * have seen that it goes. Nobody sends a worker anything.
 */
export const DRAIN_DELAY = { http: 15_000, worker: 0 } as const

/** All that a task is told and is no secret. */
export function environmentOf(service: Service, kind: keyof typeof ROLES, options: EnvironmentOptions): Values {
  const { settings, values, poolSize } = options
  const told = [...SHARED_SETTINGS, ...service.settings].map((name) => [name, valueOf(name, values)] as const)
  const neighbours = service.neighbours.map((module) => [`${module.toUpperCase()}_URL`, internalUrlOf(module)] as const)
  return {
    ...Object.fromEntries([...told, ...neighbours]),
    ENVIRONMENT: settings.environment,
    PORT: String(PUBLIC_PORT),
    INTERNAL_PORT: String(INTERNAL_PORT),
    ROLES: ROLES[kind],
    DRAIN_DELAY: String(DRAIN_DELAY[kind]),
    DATABASE_POOL_SIZE: String(poolSize),
    // Queues' depths as lines of the log that CloudWatch counts by: see metrics.ts.
    METRICS_EMF: String(kind === 'worker'),
  }
}

function valueOf(name: string, values: Values): pulumi.Input<string> {
  const value = values[name]
  if (value === undefined)
    throw new Error(
      `The catalogue wants ${name} to be set and the program has no value for it: add it to the values in infra/src/workloads.ts.`,
    )
  return value
}

import type { Scaling } from './catalogue.ts'
import type { Environment, Settings } from './settings.ts'

/** What differs in size between the environments, and nowhere else (specification, OPS-04). */
export interface Sizing {
  task: {
    /** CPU units; 1024 are one virtual CPU. */
    cpu: number
    /** Megabytes. */
    memory: number
  }
  /** Task counts; undefined where each service's own are taken, from the catalogue. */
  tasks: { min: number; max: number } | undefined
  database: {
    instanceClass: string
    multiAz: boolean
    /** Gigabytes. */
    storage: number
    /** Gigabytes up to which it grows by itself. */
    maxStorage: number
    backupDays: number
    /** What `max_connections` allows, and what all tasks together must stay below. */
    maxConnections: number
  }
  queue: {
    nodeType: string
    /** Primary and replicas. */
    nodes: number
    snapshotDays: number
  }
  /** Days for which logs are kept. */
  logDays: number
  /** Interface endpoints, besides the free gateway to S3. */
  interfaceEndpoints: readonly string[]
  /** What must not be lost by a slip: the database, the buckets, the load balancer. */
  deletionProtection: boolean
}

export const sizing: Record<Environment, Sizing> = {
  staging: {
    task: { cpu: 512, memory: 1024 },
    tasks: { min: 1, max: 2 },
    database: {
      instanceClass: 'db.t4g.medium',
      multiAz: false,
      storage: 100,
      maxStorage: 200,
      backupDays: 7,
      maxConnections: 500,
    },
    queue: { nodeType: 'cache.t4g.medium', nodes: 1, snapshotDays: 7 },
    logDays: 30,
    interfaceEndpoints: [],
    deletionProtection: false,
  },
  production: {
    task: { cpu: 1024, memory: 2048 },
    tasks: undefined,
    database: {
      instanceClass: 'db.r6g.large',
      multiAz: true,
      storage: 500,
      maxStorage: 1000,
      backupDays: 35,
      maxConnections: 500,
    },
    queue: { nodeType: 'cache.r6g.large', nodes: 2, snapshotDays: 7 },
    logDays: 365,
    interfaceEndpoints: ['ecr.api', 'ecr.dkr', 'secretsmanager', 'logs', 'kms', 'sts', 'ssmmessages', 'monitoring'],
    deletionProtection: true,
  },
}

/** How many tasks an environment runs of a service: its own numbers, or the catalogue's. */
export function tasksOf(
  { min, max }: Scaling,
  { environment }: Pick<Settings, 'environment'>,
): { min: number; max: number } {
  return sizing[environment].tasks ?? { min, max }
}

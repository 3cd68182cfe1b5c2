import { catalogue } from './catalogue.ts'
import type { Settings } from './settings.ts'
import { sizing, tasksOf } from './sizing.ts'

/**
 * How PostgreSQL's connections are shared out, so that a deployment at full load never asks for more than there are.
 * Queues and signals take none: they are on Valkey, and `LISTEN` is only of installs without it. The relay works out of
 * the pool of the process that it is in.
 */
export interface ConnectionBudget {
  /** What the server admits (`max_connections`). */
  limit: number
  /** Most tasks that each ECS service may have: those of all `http` and `worker` services. */
  tasks: readonly number[]
  /** Modules, each of which may be migrating. */
  modules: number
}

/** While a service is deployed, its old and its new tasks are there together: blue and green, or rolling at 200 %. */
const DURING_DEPLOYMENT = 2

/** A migration has one session, and an index that is built online may be watched from a second. */
const PER_MIGRATION = 2

/** PostgreSQL's and RDS's own reserve (5), monitoring, and people who look for what is wrong. */
const RESERVED = 20

/** With one connection a worker's relay and its jobs would wait for each other. */
const SMALLEST_POOL = 2

/** More than this the code does not ask for: the kernel's own default. */
const LARGEST_POOL = 10

/** DATABASE_POOL_SIZE; throws where the services could ask PostgreSQL for more connections than it admits. */
export function poolSizeOf(settings: Pick<Settings, 'environment'>): number {
  return poolSizeWithin({
    limit: sizing[settings.environment].database.maxConnections,
    tasks: catalogue.flatMap(({ http, worker }) => [tasksOf(http, settings).max, tasksOf(worker, settings).max]),
    modules: catalogue.length,
  })
}

/** The largest pool that fits; throws when none does. Every process has one pool: it hosts one module. */
export function poolSizeWithin(budget: ConnectionBudget): number {
  const size = Math.floor((budget.limit - connectionsTaken(budget, 0)) / processes(budget))
  if (size < SMALLEST_POOL)
    throw new Error(
      `${processes(budget)} processes with ${SMALLEST_POOL} connections each take ` +
        `${connectionsTaken(budget, SMALLEST_POOL)} connections, and PostgreSQL admits ${budget.limit}. Lower what the ` +
        'services may scale to (infra/src/catalogue.ts), raise max_connections together with the instance ' +
        '(infra/src/sizing.ts), or put RDS Proxy in front.',
    )
  return Math.min(size, LARGEST_POOL)
}

/** At the worst moment: every service at its maximum, all of them deployed at once, all modules migrating. */
export function connectionsTaken(budget: ConnectionBudget, poolSize: number): number {
  return processes(budget) * poolSize + budget.modules * PER_MIGRATION + RESERVED
}

function processes({ tasks }: ConnectionBudget): number {
  return tasks.reduce((sum, count) => sum + count, 0) * DURING_DEPLOYMENT
}

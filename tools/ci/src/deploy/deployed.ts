import { z } from 'zod'
import type { Arguments } from './aws.ts'
import { Failure } from './failure.ts'
import type { Environment } from './input.ts'
import { readParameter, writeParameter } from './parameters.ts'
import { Commit, Digest, type Plan } from './plan.ts'

const Running = z.object({
  digest: Digest,
  hash: z.string(),
  /** What its `http` service runs; `worker` is the same of the other one. */
  taskDefinition: z.string(),
  worker: z.string(),
})

/** What runs in an environment. */
export const Deployed = z.object({
  /** Null after a rollback: what runs is then no commit, and the next plan compares everything. */
  commit: Commit.nullable(),
  services: z.record(z.string(), Running),
  web: z.object({ commit: Commit, hash: z.string() }).nullable(),
})
export type Deployed = z.infer<typeof Deployed>

export const deployedName = (environment: Environment) => `/lightpress/${environment}/deployed`

/** A copy of what ran in staging when everything was tried and found good: all that production takes. */
export const GREEN = '/lightpress/staging/green'

/** Nothing where nothing was deployed yet. */
export function readDeployed(environment: Environment): Promise<Deployed | undefined> {
  return readParameter(deployedName(environment), Deployed)
}

export function readGreen(from: Arguments = []): Promise<Deployed | undefined> {
  return readParameter(GREEN, Deployed, from)
}

export function writeDeployed(environment: Environment, deployed: Deployed): Promise<void> {
  return writeParameter(deployedName(environment), deployed)
}

/** What runs after a plan was carried out; what it did not touch stays as it was. */
export function afterPlan({ commit, deploy, web, webHash }: Plan, before: Deployed | undefined): Deployed {
  const missing = deploy.filter(({ digest, taskDefinition, worker }) => !digest || !taskDefinition || !worker)
  if (missing.length > 0)
    throw new Failure(`By the plan not deployed yet: ${missing.map(({ module }) => module).join(', ')}.`)
  if (web && !webHash) throw new Failure('By the plan the web is not deployed yet.')
  const services = deploy.map(({ module, ...running }) => [module, Running.parse(running)] as const)
  return {
    commit,
    services: { ...before?.services, ...Object.fromEntries(services) },
    web: web && webHash ? { commit, hash: webHash } : (before?.web ?? null),
  }
}

/** Staging's own run said that all is well. Refused where something else was deployed in the meantime. */
export async function markGreen({ commit }: Plan): Promise<void> {
  const deployed = await readDeployed('staging')
  if (deployed?.commit !== commit)
    throw new Failure(`What was tried is ${commit}; staging now runs ${deployed?.commit ?? 'no commit'}.`)
  await writeParameter(GREEN, deployed)
}

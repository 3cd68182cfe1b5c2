import { z } from 'zod'
import type { Arguments } from './aws.ts'
import { Failure } from './failure.ts'
import type { Environment } from './input.ts'
import { readParameter, writeParameter } from './parameters.ts'
import { Commit, Digest, type Plan, type Planned } from './plan.ts'

const Running = z.object({
  digest: Digest,
  hash: z.string(),
  /** What its `http` service runs; `worker` is the same of the other one. */
  taskDefinition: z.string(),
  worker: z.string(),
})

/** What runs in an environment. */
export const Deployed = z.object({
  /** Null after a rollback, and while a release is brought: what runs is then no commit, and the next plan compares all. */
  commit: Commit.nullable(),
  /** The commit of which something was brought last, the whole of it or not; null after a rollback. */
  release: Commit.nullable(),
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

/** A plan holds for what ran when it was made. A later run may have gone before it, or a rollback behind its back. */
export function requireFresh({ over, commit }: Plan, deployed: Deployed | undefined): void {
  const now = deployed?.release ?? null
  if (now === over || now === commit) return
  throw new Failure(
    `The plan of ${commit} was made over ${over ?? 'nothing'}, and now ${now ?? 'what a rollback left'} runs: begin again with a new plan.`,
  )
}

/** One service of a release runs. It is noted at once: what is true if the next one fails is known then as well. */
export async function noteService(environment: Environment, { commit }: Plan, { module, ...running }: Planned) {
  const deployed = (await readDeployed(environment)) ?? { services: {}, web: null }
  const services = { ...deployed.services, [module]: Running.parse(running) }
  await writeDeployed(environment, { ...deployed, commit: null, release: commit, services })
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
    release: commit,
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

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { Failure } from './failure.ts'
import { Environment } from './input.ts'

export const Commit = z
  .string()
  .regex(/^[0-9a-f]{40}$/, 'a commit has 40 hexadecimal digits')
  .meta({ example: '40 hexadecimal digits' })

export const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'a digest reads sha256:<64 hexadecimal digits>')

/** A service that gets another version. `images.ts` adds the digest, `deploy.ts` what ECS runs of it. */
const Planned = z.object({
  module: z.string(),
  /** Of the bundle: the same hash needs no deployment. */
  hash: z.string(),
  digest: Digest.exactOptional(),
  taskDefinition: z.string().exactOptional(),
  worker: z.string().exactOptional(),
})
export type Planned = z.infer<typeof Planned>

/** The file that goes from one command of a pipeline to the next. */
export const Plan = z.object({
  environment: Environment,
  commit: Commit,
  /** The commit that was deployed before; null where all counts as changed. */
  base: Commit.nullable(),
  /** What had been brought last when the plan was made, and then itself: it holds for nothing else. */
  over: Commit.nullable(),
  /** Modules whose image is made: those that the change reaches. */
  build: z.array(z.string()),
  /** Those of which another bundle comes out, listeners before publishers. */
  deploy: z.array(Planned),
  infra: z.boolean(),
  web: z.boolean(),
  /** Of the web's files: set where it is known which ones were tested, and by `deploy-web.ts`. */
  webHash: z.string().exactOptional(),
  /** `<module>` → digest of its image, for each that was made. */
  images: z.record(z.string(), Digest).default({}),
  /** Set where images are made anew though the commit may have some: of another base. */
  again: z.boolean().exactOptional(),
})
export type Plan = z.infer<typeof Plan>

export const PlanFile = z.string().meta({ example: 'the file that changed.ts or promote.ts wrote' })

export function readPlan(file: string, environment?: Environment): Plan {
  const parsed = Plan.safeParse(readJson(file))
  if (!parsed.success) throw new Failure(`${file} is no plan: ${z.prettifyError(parsed.error)}`)
  if (environment && parsed.data.environment !== environment)
    throw new Failure(`${file} is a plan for ${parsed.data.environment}, not for ${environment}.`)
  return parsed.data
}

export function writePlan(file: string, plan: Plan): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(plan, undefined, 2)}\n`)
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Failure(`${file} cannot be read as a plan: ${error instanceof Error ? error.message : String(error)}`)
  }
}

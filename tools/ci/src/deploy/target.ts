import { deployTargetName, type DeployService, type DeployTarget } from 'infra'
import { z } from 'zod'
import { aws } from './aws.ts'
import { Failure } from './failure.ts'
import type { Environment } from './input.ts'
import { readParameter } from './parameters.ts'

const EcsService = z.object({ service: z.string(), family: z.string(), tasks: z.number().int().min(1) })

/** The type of `infra`, as something that can be held against what a parameter really says. */
const Target = z.object({
  environment: z.string(),
  region: z.string(),
  account: z.string(),
  cluster: z.string(),
  url: z.url({ protocol: /^https?$/ }),
  services: z.array(
    z.object({
      module: z.string(),
      repository: z.string(),
      http: EcsService.extend({ canary: z.boolean() }),
      worker: EcsService,
      migrate: z.object({
        family: z.string(),
        subnets: z.array(z.string()).min(1),
        securityGroups: z.array(z.string()).min(1),
      }),
      alarms: z.array(z.string()),
      productionRule: z.string().exactOptional(),
      targetGroups: z.array(z.string()).exactOptional(),
    }),
  ),
  web: z.object({ bucket: z.string(), distribution: z.string() }),
  alertTopic: z.string(),
}) satisfies z.ZodType<DeployTarget>

/** What to deploy to. Refuses where the credentials are those of another account or region. */
export async function readTarget(environment: Environment): Promise<DeployTarget> {
  const name = deployTargetName(environment)
  const target = await readParameter(name, Target)
  if (target === undefined)
    throw new Failure(`There is no parameter ${name}: \`pulumi up\` of the stack ${environment} writes it.`)
  if (target.environment !== environment)
    throw new Failure(`${name} is about ${target.environment}, not about ${environment}.`)
  const { Account } = await aws(['sts', 'get-caller-identity'], z.object({ Account: z.string() }))
  if (Account !== target.account)
    throw new Failure(`${environment} is in the account ${target.account}; these credentials are of ${Account}.`)
  return target
}

export function serviceOf({ services, environment }: DeployTarget, module: string): DeployService {
  const found = services.find((service) => service.module === module)
  if (found) return found
  const known = services.map((service) => service.module).join(', ')
  throw new Failure(
    `${environment} has no service ${module}, it has ${known}. Has \`pulumi up\` run since it was added?`,
  )
}

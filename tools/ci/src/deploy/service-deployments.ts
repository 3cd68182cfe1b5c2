import { z } from 'zod'
import { aws } from './aws.ts'
import { Failure } from './failure.ts'
import { waitFor } from './waiting.ts'

/** One ECS service of a cluster. */
export interface Place {
  cluster: string
  service: string
}

const Service = z.object({
  status: z.string(),
  taskDefinition: z.string(),
  desiredCount: z.number(),
  /** Handed back as it came, when it was changed for a while. */
  deploymentConfiguration: z.looseObject({ strategy: z.string().optional() }).default({}),
  /** Where its tasks are, as it is handed to another one. */
  networkConfiguration: z.looseObject({}),
})
export type Service = z.infer<typeof Service>

export async function describeService({ cluster, service }: Place): Promise<Service> {
  const { services } = await aws(
    ['ecs', 'describe-services', '--cluster', cluster, '--services', service],
    z.object({ services: z.array(Service) }),
  )
  const found = services.find(({ status }) => status === 'ACTIVE')
  if (!found) throw new Failure(`The cluster ${cluster} has no active service ${service}: \`pulumi up\` makes it.`)
  return found
}

export interface Update {
  taskDefinition?: string
  desiredCount?: number
  /** Stays with the service: whoever changes it for one deployment puts it back. */
  configuration?: Record<string, unknown>
}

export async function updateService({ cluster, service }: Place, update: Update): Promise<void> {
  const { taskDefinition, desiredCount, configuration } = update
  await aws(
    [
      ...['ecs', 'update-service', '--cluster', cluster, '--service', service],
      ...(taskDefinition === undefined ? [] : ['--task-definition', taskDefinition]),
      ...(desiredCount === undefined ? [] : ['--desired-count', String(desiredCount)]),
      ...(configuration === undefined ? [] : ['--deployment-configuration', JSON.stringify(configuration)]),
    ],
    z.object({ service: z.object({ taskDefinition: z.string() }) }),
  )
}

/** While ECS moves a service from one revision to the next. */
const Deployment = z.object({
  serviceDeploymentArn: z.string(),
  status: z.string(),
  statusReason: z.string().optional(),
  lifecycleStage: z.string().optional(),
  /** What ran before. */
  sourceServiceRevisions: z.array(z.object({ arn: z.string() })).default([]),
  targetServiceRevision: z
    .object({ arn: z.string(), requestedProductionTrafficWeight: z.number().optional() })
    .optional(),
  lifecycleHookDetails: z
    .array(z.object({ hookId: z.string(), targetType: z.string(), status: z.string() }))
    .default([]),
})
export type Deployment = z.infer<typeof Deployment>

export async function describeDeployment(arn: string): Promise<Deployment> {
  const { serviceDeployments } = await aws(
    ['ecs', 'describe-service-deployments', '--service-deployment-arns', arn],
    z.object({ serviceDeployments: z.array(Deployment) }),
  )
  const [found] = serviceDeployments
  if (!found) throw new Failure(`ECS tells nothing of the deployment ${arn}.`)
  return found
}

const ONGOING = ['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS']

export function isOngoing({ status }: Pick<Deployment, 'status'>): boolean {
  return ONGOING.includes(status)
}

const Listed = z.object({
  serviceDeploymentArn: z.string(),
  /** Seconds since 1970 from the command line's version 1, a date in words from version 2. */
  createdAt: z.union([z.number(), z.string()]),
  targetServiceRevisionArn: z.string(),
  status: z.string(),
})
export type Listed = z.infer<typeof Listed>
const Page = z.object({ serviceDeployments: z.array(Listed), nextToken: z.string().nullish() })

/** The newest first. AWS names no order of its own, and its command line does not turn these pages by itself. */
export async function listDeployments({ cluster, service }: Place, ...statuses: string[]): Promise<Listed[]> {
  const list = ['ecs', 'list-service-deployments', '--cluster', cluster, '--service', service, '--max-results', '100']
  const some = statuses.length > 0 ? ['--status', ...statuses] : []
  const serviceDeployments: Listed[] = []
  let page: string | null | undefined
  do {
    const answer = await aws([...list, ...some, ...(page ? ['--next-token', page] : [])], Page)
    serviceDeployments.push(...answer.serviceDeployments)
    page = answer.nextToken
  } while (page)
  const time = ({ createdAt }: Listed) => (typeof createdAt === 'number' ? createdAt * 1_000 : Date.parse(createdAt))
  return serviceDeployments.sort((a, b) => time(b) - time(a))
}

export async function findOngoing(place: Place): Promise<Listed | undefined> {
  return (await listDeployments(place, ...ONGOING))[0]
}

/** ARN of the deployment that an update began; ECS makes it a moment later. */
export function findBegun(place: Place, taskDefinition: string): Promise<string> {
  return waitFor(
    async () => {
      const [newest] = await listDeployments(place)
      if (!newest) return undefined
      const [definition] = await taskDefinitionsOf([newest.targetServiceRevisionArn])
      return definition === taskDefinition ? newest.serviceDeploymentArn : undefined
    },
    { minutes: 3, otherwise: `ECS began no deployment of ${place.service} with ${taskDefinition}` },
  )
}

/** What each revision of a service runs, in their order. */
export async function taskDefinitionsOf(revisions: readonly string[]): Promise<string[]> {
  if (revisions.length === 0) return []
  const { serviceRevisions } = await aws(
    ['ecs', 'describe-service-revisions', '--service-revision-arns', ...revisions],
    z.object({
      serviceRevisions: z.array(z.object({ serviceRevisionArn: z.string(), taskDefinition: z.string() })),
    }),
  )
  const known = new Map(serviceRevisions.map((revision) => [revision.serviceRevisionArn, revision.taskDefinition]))
  return revisions.map((arn) => {
    const found = known.get(arn)
    if (found === undefined) throw new Failure(`ECS tells nothing of the revision ${arn}.`)
    return found
  })
}

/** Back to what ran before: by weight where both versions still run, else by replacing tasks. */
export async function stopDeployment(arn: string): Promise<void> {
  const stop = ['ecs', 'stop-service-deployment', '--service-deployment-arn', arn, '--stop-type', 'ROLLBACK']
  await aws(stop, z.object({ serviceDeploymentArn: z.string() }))
}

export async function continueDeployment(arn: string, hook: string): Promise<void> {
  const goOn = ['ecs', 'continue-service-deployment', '--service-deployment-arn', arn, '--hook-id', hook]
  await aws([...goOn, '--action', 'CONTINUE'], z.object({ serviceDeploymentArn: z.string() }))
}

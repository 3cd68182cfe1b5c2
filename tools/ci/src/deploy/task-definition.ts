import { CONTAINER } from 'infra'
import { z } from 'zod'
import { aws } from './aws.ts'
import { Failure } from './failure.ts'

/** What a deployment writes on a task definition that it registers: Pulumi's own have none of it. */
const TAGS = { template: 'lightpress:template', commit: 'lightpress:commit', hash: 'lightpress:hash' } as const

/** What of a deployment's making a task definition is; nothing of it on Pulumi's. */
export interface Origin {
  /** ARN of the Pulumi-made task definition that it was made from. */
  template: string
  commit: string
  hash: string
}

export interface TaskDefinition {
  arn: string
  digest: string | undefined
  origin: Origin | undefined
  /** What the names of its log streams begin with. */
  logPrefix: string | undefined
  logGroup: string | undefined
  /** As AWS describes it. */
  described: z.infer<typeof Described>
}

const Described = z.looseObject({
  taskDefinitionArn: z.string(),
  containerDefinitions: z.array(
    z.looseObject({
      name: z.string(),
      image: z.string(),
      logConfiguration: z.looseObject({ options: z.record(z.string(), z.string()).optional() }).optional(),
    }),
  ),
})

export interface Release {
  repository: string
  digest: string
  commit: string
  hash: string
}

/** The newest shape that Pulumi made of a family, with the image of this digest: ARN of what comes of it. */
export async function registerRelease(family: string, release: Release): Promise<TaskDefinition> {
  const template = await newestTemplate(family)
  const { described } = template
  if (!described.containerDefinitions.some(({ name }) => name === CONTAINER))
    throw new Failure(`${template.arn} has no container "${CONTAINER}" to put the image in.`)
  const image = `${release.repository}@${release.digest}`
  const shape = {
    ...Object.fromEntries(REGISTERED.flatMap((key) => (key in described ? [[key, described[key]]] : []))),
    containerDefinitions: described.containerDefinitions.map((container) =>
      container.name === CONTAINER ? { ...container, image } : container,
    ),
    tags: tagsOf({ template: template.arn, commit: release.commit, hash: release.hash }),
  }
  const register = ['ecs', 'register-task-definition', '--cli-input-json', JSON.stringify(shape)]
  return read(await aws(register, Answer))
}

/** Whether it is the newest of its family, or made from the same as that one. */
export async function isCurrent(family: string, arn: string): Promise<boolean> {
  if ((await newestOf(family)) === arn) return true
  const { origin } = await describeTaskDefinition(arn)
  return origin?.template === (await newestTemplate(family)).arn
}

/** Either the newest of the family, or, where a deployment made that one, what it was made from. */
async function newestTemplate(family: string): Promise<TaskDefinition> {
  const found = await describeTaskDefinition(await newestOf(family))
  return found.origin ? describeTaskDefinition(found.origin.template) : found
}

async function newestOf(family: string): Promise<string> {
  const list = ['ecs', 'list-task-definitions', '--family-prefix', family, '--status', 'ACTIVE', '--sort', 'DESC']
  const { taskDefinitionArns } = await aws(
    [...list, '--max-items', '1'],
    z.object({ taskDefinitionArns: z.array(z.string()) }),
  )
  const [newest] = taskDefinitionArns
  if (newest === undefined)
    throw new Failure(`There is no task definition ${family}: \`pulumi up\` makes the first one.`)
  return newest
}

export async function describeTaskDefinition(arn: string): Promise<TaskDefinition> {
  return read(await aws(['ecs', 'describe-task-definition', '--task-definition', arn, '--include', 'TAGS'], Answer))
}

/** Whether there is something to run in it: a deployment puts the image in, and what Pulumi makes has none. */
export async function hasImage(arn: string): Promise<boolean> {
  return (await describeTaskDefinition(arn)).digest !== undefined
}

function read({ taskDefinition, tags }: z.infer<typeof Answer>): TaskDefinition {
  const container = taskDefinition.containerDefinitions.find(({ name }) => name === CONTAINER)
  return {
    arn: taskDefinition.taskDefinitionArn,
    digest: container?.image.split('@')[1],
    origin: originOf(tags),
    logPrefix: container?.logConfiguration?.options?.['awslogs-stream-prefix'],
    logGroup: container?.logConfiguration?.options?.['awslogs-group'],
    described: taskDefinition,
  }
}

const Tags = z.array(z.object({ key: z.string(), value: z.string() }))
const Answer = z.object({ taskDefinition: Described, tags: Tags.default([]) })

function tagsOf(origin: Origin): z.infer<typeof Tags> {
  return Object.entries(TAGS).map(([what, key]) => ({ key, value: origin[what as keyof Origin] }))
}

function originOf(tags: z.infer<typeof Tags>): Origin | undefined {
  const value = (key: string) => tags.find((tag) => tag.key === key)?.value
  const [template, commit, hash] = [value(TAGS.template), value(TAGS.commit), value(TAGS.hash)]
  return template && commit && hash ? { template, commit, hash } : undefined
}

/** What RegisterTaskDefinition takes of what DescribeTaskDefinition tells; the containers are put in besides. */
const REGISTERED = [
  'family',
  'taskRoleArn',
  'executionRoleArn',
  'networkMode',
  'volumes',
  'placementConstraints',
  'requiresCompatibilities',
  'cpu',
  'memory',
  'pidMode',
  'ipcMode',
  'proxyConfiguration',
  'ephemeralStorage',
  'runtimePlatform',
  'enableFaultInjection',
]

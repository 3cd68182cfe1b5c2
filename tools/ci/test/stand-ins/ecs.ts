import { advance, describe, revisionArn, stepsOf, taskDefinitionOf } from './deployments.ts'
import type { Deployment, Service, TaskDefinition, World } from './world.ts'

type Options = Map<string, string[]>
type Answer = Record<string, unknown>

/** Thrown for what AWS refuses: its code, and why. */
export class Refusal extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** The operations of ECS that a deployment uses, over the world of a test. */
export const ecs: Record<string, (options: Options, world: World) => Answer> = {
  'list-task-definitions'(options, world) {
    const all = world.families[one(options, 'family-prefix')] ?? []
    return {
      taskDefinitionArns: [...all]
        .reverse()
        .slice(0, Number(one(options, 'max-items')))
        .map(({ arn }) => arn),
    }
  },
  'describe-task-definition'(options, world) {
    return answerOf(findDefinition(world, one(options, 'task-definition')))
  },
  'register-task-definition'(options, world) {
    const { tags = [], ...shape } = JSON.parse(one(options, 'cli-input-json')) as TaskDefinition['shape'] & {
      tags?: TaskDefinition['tags']
    }
    for (const key of ['taskDefinitionArn', 'revision', 'status', 'registeredAt'])
      if (key in shape) throw new Refusal('ParamValidation', `Unknown parameter in input: "${key}"`)
    const family = (world.families[shape.family] ??= [])
    const arn = `arn:aws:ecs:eu-west-2:${world.account}:task-definition/${shape.family}:${family.length + 1}`
    const made = { shape: shape, arn, tags }
    family.push(made)
    return answerOf(made)
  },
  'describe-services'(options, world) {
    const name = one(options, 'services')
    const service = world.services[name]
    if (!service) return { services: [], failures: [{ arn: name, reason: 'MISSING' }] }
    return { services: [serviceAnswer(service)], failures: [] }
  },
  'update-service'(options, world) {
    const name = one(options, 'service')
    const service = world.services[name]
    if (!service) throw new Refusal('ServiceNotFoundException', 'Service not found.')
    const configuration = options.get('deployment-configuration')?.[0]
    if (configuration) service.configuration = JSON.parse(configuration) as Service['configuration']
    const count = options.get('desired-count')?.[0]
    if (count) service.desiredCount = Number(count)
    const taskDefinition = options.get('task-definition')?.[0]
    if (taskDefinition) begin(world, { name, service, taskDefinition })
    return { service: serviceAnswer(service) }
  },
  'list-service-deployments'(options, world) {
    const statuses = options.get('status') ?? []
    const found = world.deployments.filter(
      ({ service, status }) =>
        service === one(options, 'service') && (statuses.length === 0 || statuses.includes(status)),
    )
    // In no order that anybody could rely on, and no more at once than was asked for.
    const from = Number(one(options, 'next-token'))
    const end = from + Math.min(Number(one(options, 'max-results') || 20), world.page ?? 100)
    return {
      serviceDeployments: found.slice(from, end).map(({ arn, status, createdAt, to }) => ({
        serviceDeploymentArn: arn,
        status,
        createdAt,
        targetServiceRevisionArn: revisionArn(to),
      })),
      ...(end < found.length && { nextToken: String(end) }),
    }
  },
  'describe-service-deployments'(options, world) {
    const deployment = findDeployment(world, one(options, 'service-deployment-arns'))
    const answer = describe(deployment)
    advance(deployment, world)
    return { serviceDeployments: [answer], failures: [] }
  },
  'describe-service-revisions'(options) {
    const arns = options.get('service-revision-arns') ?? []
    if (arns.length > 20) throw new Refusal('InvalidParameterException', 'At most 20 service revisions.')
    const serviceRevisions = arns.map((arn) => ({ serviceRevisionArn: arn, taskDefinition: taskDefinitionOf(arn) }))
    return { serviceRevisions, failures: [] }
  },
  'stop-service-deployment'(options, world) {
    const deployment = findDeployment(world, one(options, 'service-deployment-arn'))
    if (one(options, 'stop-type') !== 'ROLLBACK') throw new Refusal('InvalidParameterException', 'stopType')
    if (!['PENDING', 'IN_PROGRESS'].includes(deployment.status))
      throw new Refusal('ConflictException', `The service deployment is ${deployment.status}.`)
    deployment.status = 'ROLLBACK_REQUESTED'
    deployment.reason = 'Rollback requested by a user.'
    return { serviceDeploymentArn: deployment.arn }
  },
  'continue-service-deployment'(options, world) {
    const deployment = findDeployment(world, one(options, 'service-deployment-arn'))
    const step = deployment.steps[deployment.at]
    if (step?.pause !== true || one(options, 'hook-id') !== `ecs-pause-${deployment.createdAt}`)
      throw new Refusal('InvalidParameterException', 'The hook does not await an action.')
    step.pause = false
    return { serviceDeploymentArn: deployment.arn }
  },
  'run-task'(options, world) {
    const { shape, arn: taskDefinitionArn } = findDefinition(world, one(options, 'task-definition'))
    const arn = `arn:aws:ecs:eu-west-2:${world.account}:task/lightpress/${shape.family}-${Object.keys(world.tasks).length + 1}`
    // AWS answers 200 whether it started something or not.
    if (world.endings[shape.family]?.reason?.startsWith('RESOURCE'))
      return { tasks: [], failures: [{ reason: world.endings[shape.family]?.reason }] }
    world.tasks[arn] = { family: shape.family, looks: 0 }
    return { tasks: [{ taskArn: arn, taskDefinitionArn, lastStatus: 'PROVISIONING' }], failures: [] }
  },
  'describe-tasks'(options, world) {
    const arn = one(options, 'tasks')
    const task = world.tasks[arn]
    if (!task) return { tasks: [], failures: [{ arn, reason: 'MISSING' }] }
    const { exitCode = 0, reason, hangs = false } = world.endings[task.family] ?? {}
    const stopped = !hangs && task.looks++ > 0
    const neverRan = exitCode === -1
    return {
      tasks: [
        {
          taskArn: arn,
          lastStatus: stopped ? 'STOPPED' : 'RUNNING',
          ...(stopped && { stoppedReason: reason ?? 'Essential container in task exited' }),
          containers: [{ name: 'service', ...(stopped && !neverRan && { exitCode }) }],
        },
      ],
      failures: [],
    }
  },
  'stop-task': () => ({ task: {} }),
}

interface Beginning {
  name: string
  service: Service
  taskDefinition: string
}

function begin(world: World, { name, service, taskDefinition }: Beginning): void {
  const number = world.deployments.length + 1
  world.deployments.push({
    arn: `arn:aws:ecs:eu-west-2:${world.account}:service-deployment/lightpress/${name}/${number}`,
    service: name,
    createdAt: 1_700_000_000 + number,
    from: service.taskDefinition,
    to: taskDefinition,
    steps: stepsOf(name, service, world),
    at: 0,
    status: 'PENDING',
  })
  service.taskDefinition = taskDefinition
}

function serviceAnswer({ taskDefinition, desiredCount, configuration }: Service): Answer {
  const network = { subnets: ['subnet-1'], securityGroups: ['sg-2'], assignPublicIp: 'DISABLED' }
  return {
    ...{ status: 'ACTIVE', taskDefinition, desiredCount, deploymentConfiguration: configuration },
    networkConfiguration: { awsvpcConfiguration: network },
  }
}

function answerOf({ arn, shape, tags }: TaskDefinition): Answer {
  const revision = Number(arn.split(':').at(-1))
  return { taskDefinition: { ...shape, taskDefinitionArn: arn, revision, status: 'ACTIVE', registeredAt: 1.7e9 }, tags }
}

function findDefinition(world: World, arn: string): TaskDefinition {
  const found = Object.values(world.families)
    .flat()
    .find((definition) => definition.arn === arn)
  if (!found) throw new Refusal('ClientException', 'Unable to describe task definition.')
  return found
}

function findDeployment(world: World, arn: string): Deployment {
  const found = world.deployments.find((deployment) => deployment.arn === arn)
  if (!found) throw new Refusal('ServiceDeploymentNotFoundException', 'The service deployment was not found.')
  return found
}

export function one(options: Options, name: string): string {
  return options.get(name)?.[0] ?? ''
}

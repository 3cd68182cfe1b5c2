import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { CONTAINER } from './deploy-target-type.ts'
import { INTERNAL_PORT, PUBLIC_PORT } from './security-groups.ts'
import type { Settings } from './settings.ts'
import { sizing } from './sizing.ts'

/** Name of the port on which neighbours call, for Service Connect. */
export const INTERNAL = 'internal'

export interface TaskOptions {
  settings: Settings
  /** Address of the image repository. */
  repository: pulumi.Input<string>
  /** Arguments of main.js; it serves without any. */
  command?: string[]
  environment: Record<string, pulumi.Input<string>>
  /** Environment variable → ARN of the secret that it is filled from when the task starts. */
  secrets: Record<string, pulumi.Input<string>>
  /** Whether it is called: by the load balancer and by its neighbours. */
  listens: boolean
  /** Seconds between SIGTERM and the end; AWS allows 120. */
  stopTimeout: number
  logGroup: pulumi.Input<string>
  executionRoleArn: pulumi.Input<string>
  /** Without one the code inside may ask AWS for nothing. */
  taskRoleArn?: pulumi.Input<string>
}

/**
 * The shape of a task. A deployment takes the newest of a family, puts the digest of an image where this one has a tag
 * that no image carries, and registers what comes of it: so nothing runs that nobody deployed.
 */
export function taskDefinition(family: string, options: TaskOptions, parent: pulumi.Resource): aws.ecs.TaskDefinition {
  const { settings, executionRoleArn, taskRoleArn } = options
  const { cpu, memory } = sizing[settings.environment].task
  return new aws.ecs.TaskDefinition(
    family,
    {
      family,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: String(cpu),
      memory: String(memory),
      runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: settings.cpuArchitecture },
      executionRoleArn,
      ...(taskRoleArn !== undefined && { taskRoleArn }),
      containerDefinitions: pulumi.jsonStringify([container(options)]),
      // A rollback goes to a revision that is there: Pulumi would take the last one away with every new one.
      skipDestroy: true,
    },
    { parent },
  )
}

function container({
  settings,
  repository,
  command,
  environment,
  secrets,
  listens,
  stopTimeout,
  logGroup,
}: TaskOptions) {
  return {
    name: CONTAINER,
    image: pulumi.interpolate`${repository}:set-by-deployment`,
    essential: true,
    ...(command && { command: ['node', 'main.js', ...command] }),
    // As in the image.
    user: 'node',
    readonlyRootFilesystem: true,
    linuxParameters: {
      // Reaps what is left behind, and hands SIGTERM on.
      initProcessEnabled: true,
      capabilities: { drop: ['ALL'] },
      tmpfs: writableFolders(settings).map((containerPath) => ({ containerPath, size: 64, mountOptions: ['nosuid'] })),
    },
    stopTimeout,
    // What serves is asked whether it lives; a one-off task says by its exit code how it went.
    ...(!command && { healthCheck }),
    portMappings: listens
      ? [
          { name: 'public', containerPort: PUBLIC_PORT, protocol: 'tcp' },
          { name: INTERNAL, containerPort: INTERNAL_PORT, protocol: 'tcp', appProtocol: 'http' },
        ]
      : [],
    environment: sorted(environment).map(([name, value]) => ({ name, value })),
    secrets: sorted(secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
    logConfiguration: logsTo(logGroup, settings, CONTAINER),
  }
}

/** ECS does not look at the image's own HEALTHCHECK, which asks the same. */
export const healthCheck = {
  command: [
    'CMD',
    'node',
    '-e',
    "fetch('http://127.0.0.1:' + (process.env.INTERNAL_PORT ?? 3001) + '/health/live').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))",
  ],
  interval: 10,
  timeout: 3,
  retries: 3,
  startPeriod: 30,
}

/** `non-blocking`: when CloudWatch is slow lines are lost, not requests. */
export function logsTo(group: pulumi.Input<string>, { region }: Settings, prefix: string) {
  return {
    logDriver: 'awslogs',
    options: {
      'awslogs-group': group,
      'awslogs-region': region,
      'awslogs-stream-prefix': prefix,
      mode: 'non-blocking',
      'max-buffer-size': '25m',
    },
  }
}

/** ECS Exec's agent, where shells are allowed, writes below two folders of its own. */
function writableFolders({ executeCommand }: Settings): string[] {
  return ['/tmp', ...(executeCommand ? ['/var/lib/amazon', '/var/log/amazon'] : [])]
}

/** In an order that does not depend on who said what first: another order would be another revision. */
function sorted<T>(record: Record<string, T>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
}

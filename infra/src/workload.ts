import * as pulumi from '@pulumi/pulumi'
import { appOf, secretsOf, type Service } from './catalogue.ts'
import type { Cluster } from './cluster.ts'
import type { LoadBalancer, ServiceRoutes } from './load-balancer.ts'
import { logGroup } from './logs.ts'
import type { Network } from './network.ts'
import { repositoryName, repositoryUrl } from './registry.ts'
import { executionRole, filesAccess, shellAccess, taskRole, type TrafficRole } from './roles.ts'
import { scaleByQueue } from './scale-by-queue.ts'
import { scaleByTraffic } from './scale-by-traffic.ts'
import { MIGRATOR_SECRET, type Secrets } from './secrets.ts'
import type { SecurityGroups, ServiceGroups } from './security-groups.ts'
import { environmentOf } from './service-environment.ts'
import { runHttp, runWorker } from './service.ts'
import type { Settings } from './settings.ts'
import { taskDefinition } from './task-definition.ts'

export interface WorkloadArgs {
  settings: Settings
  network: Network
  groups: SecurityGroups
  loadBalancer: LoadBalancer
  cluster: Cluster
  secrets: Secrets
  trafficRole: TrafficRole
  keyArn: pulumi.Input<string>
  /** The bucket of people's files. */
  filesBucketArn: pulumi.Input<string>
  /** What the stack knows of the catalogue's settings, by environment variable. */
  values: Record<string, pulumi.Input<string>>
  poolSize: number
}

/**
 * One module as it is deployed: the tasks that answer, those that work behind queues, and the one that migrates before
 * both. Three kinds of one image, whose parts may do no more than each needs.
 */
export class Workload extends pulumi.ComponentResource {
  constructor(service: Service, args: WorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    super('lightpress:workloads:Workload', service.module, {}, opts)
    const { module } = service
    const { settings, network, groups, loadBalancer, cluster, secrets, trafficRole, keyArn } = args
    const { http, worker } = groups.services[module] as ServiceGroups
    const place = { settings, keyArn, parent: this }

    const logs = logGroup(module, logGroupOf(module, settings), place)
    const access = {
      repositoryArn: repositoryArn(service, settings),
      logGroupArn: logs.arn,
      keyArn,
    }
    const arnsOf = (names: Record<string, string>) =>
      Object.fromEntries(Object.entries(names).map(([variable, name]) => [variable, secrets.arn(name)]))

    const own = arnsOf(secretsOf(service))
    const shape = { settings, repository: repositoryUrl(appOf(service), settings), logGroup: logs.name }
    const serving = {
      ...shape,
      secrets: own,
      executionRoleArn: executionRole(module, { ...access, secretArns: Object.values(own) }, place).arn,
      taskRoleArn: taskRole(
        `${module}-task`,
        [
          ...(service.files ? filesAccess({ bucketArn: args.filesBucketArn, keyArn }, settings) : []),
          ...(settings.executeCommand ? shellAccess({ logGroupArn: cluster.shellLogsArn, keyArn }, settings) : []),
        ],
        place,
      ).arn,
    }
    const asHttp = taskDefinition(
      `${module}-http`,
      { ...serving, environment: environmentOf(service, 'http', args), listens: true, stopTimeout: STOP.http },
      this,
    )
    const asWorker = taskDefinition(
      `${module}-worker`,
      { ...serving, environment: environmentOf(service, 'worker', args), listens: false, stopTimeout: STOP.worker },
      this,
    )

    // Owns every schema and reads nothing else of the module's.
    const migrating = arnsOf(migrationSecrets(module))
    taskDefinition(
      `${module}-migrate`,
      {
        ...shape,
        command: ['migrate'],
        environment: {},
        secrets: migrating,
        listens: false,
        stopTimeout: STOP.migrate,
        executionRoleArn: executionRole(`${module}-migrate`, { ...access, secretArns: Object.values(migrating) }, place)
          .arn,
      },
      this,
    )

    const running = { settings, cluster, network, module, logGroup: logs.name }
    const answers = runHttp({ ...running, definition: asHttp, securityGroup: http, loadBalancer, trafficRole }, this)
    const works = runWorker({ ...running, definition: asWorker, securityGroup: worker }, this)

    const { blue, green } = loadBalancer.routes[module] as ServiceRoutes
    const traffic = { loadBalancer: loadBalancer.arnSuffix, blue: blue.arnSuffix, green: green.arnSuffix }
    scaleByTraffic(traffic, { settings, module, scaling: service.http, service: answers, parent: this })
    scaleByQueue({ settings, module, scaling: service.worker, service: works, parent: this })
    this.registerOutputs()
  }
}

/**
 * Seconds from SIGTERM to the end, above what the process gives itself (the kernel's `main.ts`): DRAIN_DELAY and 25 s where
 * requests are answered, 110 s for the jobs that a worker has; AWS allows 120. A migration ends at once.
 */
const STOP = { http: 60, worker: 120, migrate: 30 }

/** Where a module's processes write, all three kinds of them. */
export function logGroupOf(module: string, { name }: Settings): string {
  return `/${name}/${module}`
}

/** What `main.js migrate` asks for: the database as its owner, and the queue's address, in case that is PostgreSQL too. */
export function migrationSecrets(module: string): Record<string, string> {
  return { [`${module.toUpperCase()}_DATABASE_URL`]: MIGRATOR_SECRET, QUEUE_URL: 'queue-url' }
}

function repositoryArn(service: Service, { region, registryAccountId }: Settings): string {
  return `arn:aws:ecr:${region}:${registryAccountId}:repository/${repositoryName(appOf(service))}`
}

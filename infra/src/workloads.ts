import * as pulumi from '@pulumi/pulumi'
import { tasksOf } from './autoscaling.ts'
import { catalogue } from './catalogue.ts'
import { trustedProxies, type CloudFrontAddresses } from './cloudfront-addresses.ts'
import { poolSizeWithin } from './connection-budget.ts'
import { TrafficRole } from './roles.ts'
import type { Settings } from './settings.ts'
import { sizing } from './sizing.ts'
import { Workload, type WorkloadArgs } from './workload.ts'

export interface WorkloadsArgs extends Omit<WorkloadArgs, 'trafficRole' | 'values' | 'poolSize'> {
  cloudFront: CloudFrontAddresses
  /** STORAGE_URL. */
  filesUrl: pulumi.Input<string>
}

/** Every module of the catalogue. */
export class Workloads extends pulumi.ComponentResource {
  constructor(args: WorkloadsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('lightpress:workloads:Workloads', 'workloads', {}, opts)
    const { settings, cloudFront, filesUrl } = args
    const trafficRole = new TrafficRole(settings, { parent: this })
    const values = {
      PUBLIC_URL: settings.publicUrl,
      TRUSTED_PROXIES: trustedProxies(cloudFront),
      EMAIL_FROM: settings.emailFrom,
      STORAGE_URL: filesUrl,
    }
    const poolSize = poolSizeOf(settings)
    for (const service of catalogue) new Workload(service, { ...args, trafficRole, values, poolSize }, { parent: this })
    this.registerOutputs()
  }
}

/** DATABASE_POOL_SIZE; throws where the services could ask PostgreSQL for more connections than it admits. */
export function poolSizeOf(settings: Settings): number {
  return poolSizeWithin({
    limit: sizing[settings.environment].database.maxConnections,
    tasks: catalogue.flatMap(({ http, worker }) => [tasksOf(http, settings).max, tasksOf(worker, settings).max]),
    modules: catalogue.length,
  })
}

import * as pulumi from '@pulumi/pulumi'
import { catalogue } from './catalogue.ts'
import { trustedProxies, type CloudFrontAddresses } from './cloudfront-addresses.ts'
import { poolSizeOf } from './connection-budget.ts'
import { TrafficRole } from './roles.ts'
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

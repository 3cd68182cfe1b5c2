import { requireOwnAccount } from './account.ts'
import { Buckets } from './buckets.ts'
import { Certificates } from './certificates.ts'
import { readCloudFrontAddresses } from './cloudfront-addresses.ts'
import { Endpoints } from './endpoints.ts'
import { Keys } from './keys.ts'
import { LoadBalancer } from './load-balancer.ts'
import { Network } from './network.ts'
import { SecurityGroups } from './security-groups.ts'
import { readSettings } from './settings.ts'

// The whole of an environment; `pulumi up` runs this file. What staging and production differ in is in their settings
// and in sizing.ts.
const settings = readSettings()
await requireOwnAccount(settings)
const cloudFront = await readCloudFrontAddresses()

const keys = new Keys(settings)
const network = new Network(settings)
const groups = new SecurityGroups({ settings, network, cloudFront })
new Endpoints({ settings, network, groups })

const buckets = new Buckets({ settings, keyArn: keys.arn })
const certificates = new Certificates(settings)
const loadBalancer = new LoadBalancer({
  settings,
  network,
  groups,
  certificateArn: certificates.regionalArn,
  logsBucket: buckets.logs,
})

/** Where people find the product. */
export const url = settings.publicUrl
export const loadBalancerName = loadBalancer.dnsName

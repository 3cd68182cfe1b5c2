import { requireOwnAccount } from './account.ts'
import { Buckets } from './buckets.ts'
import { Certificates } from './certificates.ts'
import { CiRoles } from './ci-roles.ts'
import { readCloudFrontAddresses } from './cloudfront-addresses.ts'
import { Cluster } from './cluster.ts'
import { Data } from './data.ts'
import { writeDeployTarget } from './deploy-target.ts'
import { Edge } from './edge.ts'
import { Endpoints } from './endpoints.ts'
import { Keys } from './keys.ts'
import { LoadBalancer } from './load-balancer.ts'
import { Network } from './network.ts'
import { Observability } from './observability.ts'
import { Registry } from './registry.ts'
import { Secrets } from './secrets.ts'
import { SecurityGroups } from './security-groups.ts'
import { readSettings } from './settings.ts'
import { Workloads } from './workloads.ts'

// The whole of an environment; `pulumi up` runs this file. What staging and production differ in is in their settings
// and in sizing.ts.
const settings = readSettings()
await requireOwnAccount(settings)
const cloudFront = await readCloudFrontAddresses()

const { arn: keyArn } = new Keys(settings)
const network = new Network(settings)
const groups = new SecurityGroups({ settings, network, cloudFront })
new Endpoints({ settings, network, groups })
const data = new Data({ settings, network, groups, keyArn })
const buckets = new Buckets({ settings, keyArn })
const secrets = new Secrets({ settings, keyArn })

const certificates = new Certificates(settings)
const loadBalancer = new LoadBalancer({
  settings,
  network,
  groups,
  certificateArn: certificates.regionalArn,
  logsBucket: buckets.logs,
})
const edge = new Edge({ settings, buckets, loadBalancer, certificateArn: certificates.edgeArn })

const ci = new CiRoles(settings)
new Registry({ settings, keyArn, pushRoleArn: ci.pushArn })

const cluster = new Cluster({ settings, keyArn })
const workloads = new Workloads({
  settings,
  network,
  groups,
  loadBalancer,
  cluster,
  secrets,
  keyArn,
  cloudFront,
  filesBucketArn: buckets.media.arn,
  filesUrl: buckets.filesUrl,
})
const observability = new Observability({
  settings,
  keyArn,
  loadBalancer,
  data,
  entrance: { certificateArn: certificates.regionalArn, natGatewayIds: network.natGatewayIds },
  edgeCertificateArn: certificates.edgeArn,
  workloads,
})

// What the pipeline is told of all this, and may do to it.
const web = { bucket: buckets.web.name, distribution: edge.distributionId }
writeDeployTarget({ settings, network, groups, loadBalancer, observability, web })
ci.deployRole({
  webBucketArn: buckets.web.arn,
  distributionArn: edge.distributionArn,
  keyArn,
  topicArns: [observability.alertTopicArn],
})

/** Where people find the product. */
export const url = settings.publicUrl
/** What the secrets of databases and queues are made of: see the README, "Secrets". */
export const { databaseHost, queueHost, administratorSecret } = data

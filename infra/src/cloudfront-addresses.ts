import * as aws from '@pulumi/aws'
import { VPC_CIDR } from './network.ts'

/** Where CloudFront's requests to origins come from, as AWS keeps the list. */
export interface CloudFrontAddresses {
  prefixListId: string
  ranges: readonly string[]
}

export async function readCloudFrontAddresses(): Promise<CloudFrontAddresses> {
  const list = await aws.ec2.getManagedPrefixList({ name: 'com.amazonaws.global.cloudfront.origin-facing' })
  return { prefixListId: list.id, ranges: list.entries.map(({ cidr }) => cidr) }
}

/**
 * TRUSTED_PROXIES of a task: a request has passed CloudFront and the load balancer, which each add the address that they
 * saw. What stands in front of those two is the person's, or what the person claims.
 */
export function trustedProxies({ ranges }: CloudFrontAddresses): string {
  return [VPC_CIDR, ...ranges].join(',')
}

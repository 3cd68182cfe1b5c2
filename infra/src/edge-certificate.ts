import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { CERTIFICATE_DAYS } from './alarms.ts'
import { policyOf, trustIn } from './roles.ts'
import type { Settings } from './settings.ts'

interface Watch {
  settings: Settings
  /** The topic of what is critical. */
  topicArn: pulumi.Input<string>
  parent: pulumi.Resource
}

/**
 * CloudFront's certificate is in us-east-1, and its numbers with it, which an alarm here cannot look at. But ACM says every
 * day of a certificate that is about to end, and that is brought over and told like an alarm.
 */
export function watchEdgeCertificate(certificateArn: pulumi.Input<string>, watch: Watch): void {
  const { settings, topicArn, parent } = watch
  const { name, region, accountId } = settings
  const busArn = `arn:aws:events:${region}:${accountId}:event-bus/default`
  const ours = { StringEquals: { 'aws:SourceAccount': accountId } }
  const role = new aws.iam.Role(
    'edge-certificate',
    { name: `${name}-edge-certificate`, assumeRolePolicy: trustIn('events.amazonaws.com', ours) },
    { parent },
  )
  const policy = new aws.iam.RolePolicy(
    'edge-certificate',
    { role: role.name, name: 'bring-over', policy: policyOf([{ actions: ['events:PutEvents'], resources: [busArn] }]) },
    { parent },
  )

  const away = { region: 'us-east-1' }
  const there = new aws.cloudwatch.EventRule(
    'edge-certificate-there',
    { ...endsSoon(certificateArn, settings), ...away },
    { parent },
  )
  new aws.cloudwatch.EventTarget(
    'edge-certificate-there',
    { rule: there.name, arn: busArn, roleArn: role.arn, ...away },
    { parent, dependsOn: [policy] },
  )
  const here = new aws.cloudwatch.EventRule('edge-certificate', endsSoon(certificateArn, settings), { parent })
  new aws.cloudwatch.EventTarget('edge-certificate', { rule: here.name, arn: topicArn }, { parent })
}

function endsSoon(certificateArn: pulumi.Input<string>, { name }: Settings): aws.cloudwatch.EventRuleArgs {
  return {
    name: `${name}-edge-certificate`,
    description: `CloudFront's certificate ends in less than ${CERTIFICATE_DAYS} days, and ACM has not renewed it`,
    eventPattern: pulumi.jsonStringify({
      source: ['aws.acm'],
      'detail-type': ['ACM Certificate Approaching Expiration'],
      resources: [certificateArn],
      detail: { DaysToExpiry: [{ numeric: ['<', CERTIFICATE_DAYS] }] },
    }),
  }
}

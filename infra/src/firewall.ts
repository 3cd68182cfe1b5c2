import * as aws from '@pulumi/aws'
import type * as pulumi from '@pulumi/pulumi'
import type { Settings } from './settings.ts'

type Rule = aws.types.input.wafv2.WebAclRule

/** Requests to /v1/auth/* that one address may make in five minutes. Auth itself counts by person and by purpose. */
const AUTH_REQUESTS = 300

/** What is refused at the edge. Web ACLs of CloudFront live in us-east-1. */
export function createFirewall({ name }: Settings, parent: pulumi.Resource): aws.wafv2.WebAcl {
  return new aws.wafv2.WebAcl(
    'edge',
    {
      name,
      region: 'us-east-1',
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      rules: [
        rateOfAuth,
        managed('AWSManagedRulesAmazonIpReputationList', 1),
        managed('AWSManagedRulesKnownBadInputsRuleSet', 2),
        // It refuses bodies above 8 KB, which pictures, webhooks and mails are: those are only counted.
        managed('AWSManagedRulesCommonRuleSet', 3, ['SizeRestrictions_BODY']),
      ],
      visibilityConfig: visible(name),
    },
    { parent },
  )
}

const rateOfAuth: Rule = {
  name: 'rate-of-auth',
  priority: 0,
  action: { block: { customResponse: { responseCode: 429 } } },
  statement: {
    rateBasedStatement: {
      aggregateKeyType: 'IP',
      limit: AUTH_REQUESTS,
      evaluationWindowSec: 300,
      scopeDownStatement: {
        byteMatchStatement: {
          fieldToMatch: { uriPath: {} },
          positionalConstraint: 'STARTS_WITH',
          searchString: '/v1/auth/',
          // As the service reads it: no other spelling of the path gets past.
          textTransformations: [
            { priority: 0, type: 'URL_DECODE' },
            { priority: 1, type: 'NORMALIZE_PATH' },
          ],
        },
      },
    },
  },
  visibilityConfig: visible('rate-of-auth'),
}

function managed(group: string, priority: number, counted: readonly string[] = []): Rule {
  return {
    name: group,
    priority,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name: group,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
    visibilityConfig: visible(group),
  }
}

function visible(metricName: string) {
  return { cloudwatchMetricsEnabled: true, metricName, sampledRequestsEnabled: true }
}

import * as aws from '@pulumi/aws'
import { validateResourceOfType, type ResourceValidationPolicy } from '@pulumi/policy'

const WEB_PORTS = [80, 443]
const EVERYBODY = ['0.0.0.0/0', '::/0']

export const networkPolicies: readonly ResourceValidationPolicy[] = [
  {
    name: 'stores-are-private',
    description: 'No data store has a public address.',
    validateResource: validateResourceOfType(aws.rds.Instance, ({ publiclyAccessible }, _args, report) => {
      if (publiclyAccessible !== false) report('set publiclyAccessible to false')
    }),
  },
  {
    name: 'only-the-web-is-open',
    description: 'Nothing but the ports of the web is open to everybody.',
    validateResource: validateResourceOfType(aws.vpc.SecurityGroupIngressRule, (rule, _args, report) => {
      const { cidrIpv4, cidrIpv6, ipProtocol, fromPort = -1, toPort } = rule
      if (!EVERYBODY.includes(cidrIpv4 ?? '') && !EVERYBODY.includes(cidrIpv6 ?? '')) return
      const isWeb = ipProtocol === 'tcp' && fromPort === toPort && WEB_PORTS.includes(fromPort)
      if (!isWeb) report('open to everybody, and no port of the web')
    }),
  },
  {
    name: 'rules-stand-alone',
    description: 'A security group has its rules beside it, where these policies look for them.',
    validateResource: validateResourceOfType(aws.ec2.SecurityGroup, ({ ingress, egress }, _args, report) => {
      if (ingress || egress) report('declare a SecurityGroupIngressRule or SecurityGroupEgressRule instead')
    }),
  },
  {
    name: 'tasks-have-no-public-address',
    description: 'Tasks reach the world by the NAT gateways, and are not reached.',
    validateResource: validateResourceOfType(aws.ecs.Service, ({ networkConfiguration }, _args, report) => {
      if (networkConfiguration?.assignPublicIp !== false) report('set networkConfiguration.assignPublicIp to false')
    }),
  },
  {
    name: 'load-balancer-is-strict',
    description: 'A load balancer drops what no client should send, and keeps a log.',
    validateResource: validateResourceOfType(aws.lb.LoadBalancer, (balancer, _args, report) => {
      if (balancer.dropInvalidHeaderFields !== true) report('set dropInvalidHeaderFields')
      if (balancer.accessLogs?.enabled !== true) report('enable accessLogs')
    }),
  },
  {
    name: 'https-of-today',
    description: 'What listens speaks TLS 1.2 or 1.3, or sends to where that is spoken.',
    validateResource: validateResourceOfType(
      aws.lb.Listener,
      ({ protocol, sslPolicy, defaultActions }, _args, report) => {
        if (protocol === 'HTTPS') {
          if (!sslPolicy?.startsWith('ELBSecurityPolicy-TLS13-1-2-')) report('take a policy TLS13-1-2')
        } else if (!defaultActions.every(({ redirect }) => redirect?.protocol === 'HTTPS')) {
          report('plain HTTP may only redirect to HTTPS')
        }
      },
    ),
  },
  {
    name: 'https-at-the-edge',
    description: 'The distribution answers over HTTPS alone, behind the firewall.',
    validateResource: validateResourceOfType(aws.cloudfront.Distribution, (distribution, _args, report) => {
      const { defaultCacheBehavior, orderedCacheBehaviors = [], webAclId, viewerCertificate } = distribution
      for (const { viewerProtocolPolicy } of [defaultCacheBehavior, ...orderedCacheBehaviors])
        if (viewerProtocolPolicy === 'allow-all') report('a behaviour answers over plain HTTP')
      if (!webAclId) report('it has no web ACL')
      if (!viewerCertificate.minimumProtocolVersion?.startsWith('TLSv1.2_')) report('viewers may use TLS below 1.2')
    }),
  },
]

import type { ResourceRule } from './rule.ts'

const WEB_PORTS = [80, 443]
const EVERYBODY = ['0.0.0.0/0', '::/0']

export const networkRules: readonly ResourceRule[] = [
  {
    name: 'stores-are-private',
    description: 'No data store has a public address.',
    types: ['aws:rds/instance:Instance'],
    wrong: ({ publiclyAccessible }) => (publiclyAccessible === false ? undefined : 'set publiclyAccessible to false'),
  },
  {
    name: 'only-the-web-is-open',
    description: 'Nothing but the ports of the web is open to everybody.',
    types: ['aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule'],
    wrong({ cidrIpv4, cidrIpv6, ipProtocol, fromPort, toPort }) {
      if (!EVERYBODY.includes(cidrIpv4) && !EVERYBODY.includes(cidrIpv6)) return
      const onePort = ipProtocol === 'tcp' && fromPort === toPort && WEB_PORTS.includes(fromPort)
      return onePort ? undefined : 'open to everybody, and no port of the web'
    },
  },
  {
    name: 'rules-stand-alone',
    description: 'A security group has its rules beside it, where the others look for them.',
    types: ['aws:ec2/securityGroup:SecurityGroup', 'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup'],
    wrong: ({ ingress = [], egress = [] }) =>
      ingress.length + egress.length === 0 ? undefined : 'declare a SecurityGroupIngressRule or …EgressRule instead',
  },
  {
    name: 'tasks-have-no-public-address',
    description: 'Tasks reach the world by the NAT gateways, and are not reached.',
    types: ['aws:ecs/service:Service'],
    wrong: ({ networkConfiguration }) =>
      networkConfiguration?.assignPublicIp === false ? undefined : 'set networkConfiguration.assignPublicIp to false',
  },
  {
    name: 'load-balancer-is-strict',
    description: 'A load balancer drops what no client should send, and keeps a log.',
    types: ['aws:lb/loadBalancer:LoadBalancer'],
    wrong({ dropInvalidHeaderFields, accessLogs }) {
      if (dropInvalidHeaderFields !== true) return 'set dropInvalidHeaderFields'
      return accessLogs?.enabled === true ? undefined : 'enable accessLogs'
    },
  },
  {
    name: 'https-of-today',
    description: 'What listens speaks TLS 1.2 or 1.3, or sends to where that is spoken.',
    types: ['aws:lb/listener:Listener'],
    wrong({ protocol, sslPolicy, defaultActions }) {
      if (protocol === 'HTTPS')
        return String(sslPolicy).startsWith('ELBSecurityPolicy-TLS13-1-2-') ? undefined : 'take a policy TLS13-1-2'
      const redirects = defaultActions?.every(
        (action: { type: string; redirect?: { protocol?: string } }) =>
          action.type === 'redirect' && action.redirect?.protocol === 'HTTPS',
      )
      return redirects ? undefined : 'plain HTTP may only redirect to HTTPS'
    },
  },
  {
    name: 'https-at-the-edge',
    description: 'The distribution answers over HTTPS alone, behind the firewall.',
    types: ['aws:cloudfront/distribution:Distribution'],
    wrong({ defaultCacheBehavior, orderedCacheBehaviors = [], webAclId, viewerCertificate }) {
      const open = [defaultCacheBehavior, ...orderedCacheBehaviors].find(
        ({ viewerProtocolPolicy }) => !['redirect-to-https', 'https-only'].includes(viewerProtocolPolicy),
      )
      if (open) return `${String(open.pathPattern ?? 'the default behaviour')} answers over plain HTTP`
      if (!webAclId) return 'it has no web ACL'
      return String(viewerCertificate?.minimumProtocolVersion).startsWith('TLSv1.2_')
        ? undefined
        : 'viewers may use TLS below 1.2'
    },
  },
]

import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import type { Settings } from './settings.ts'

/** Of the domain, once for CloudFront, which reads them in us-east-1, and once for the load balancer. */
export class Certificates extends pulumi.ComponentResource {
  /** Both are valid before anybody has their ARN. */
  readonly edgeArn: pulumi.Output<string>
  readonly regionalArn: pulumi.Output<string>

  constructor({ domain, hostedZoneId }: Settings, opts?: pulumi.ComponentResourceOptions) {
    super('lightpress:edge:Certificates', 'certificates', {}, opts)
    const parent = { parent: this }
    const certificate = (name: string, where: { region?: string }) =>
      new aws.acm.Certificate(name, { domainName: domain, validationMethod: 'DNS', ...where }, parent)
    const edge = certificate('edge', { region: 'us-east-1' })
    const regional = certificate('regional', {})

    // For one domain and one account it is one record, whichever certificate it is for.
    const proof = edge.domainValidationOptions.apply(([option]) => {
      if (!option) throw new Error(`ACM does not say how to prove that ${domain} is ours.`)
      return option
    })
    const record = new aws.route53.Record(
      'certificates',
      {
        zoneId: hostedZoneId,
        name: proof.resourceRecordName,
        type: proof.resourceRecordType,
        records: [proof.resourceRecordValue],
        ttl: 300,
      },
      parent,
    )
    const validated = (name: string, { arn }: aws.acm.Certificate, where: { region?: string }) =>
      new aws.acm.CertificateValidation(
        name,
        { certificateArn: arn, validationRecordFqdns: [record.fqdn], ...where },
        parent,
      ).certificateArn
    this.edgeArn = validated('edge', edge, { region: 'us-east-1' })
    this.regionalArn = validated('regional', regional, {})
    this.registerOutputs()
  }
}

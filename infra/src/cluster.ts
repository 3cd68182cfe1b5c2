import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { logGroup } from './logs.ts'
import type { Settings } from './settings.ts'

export interface ClusterArgs {
  settings: Settings
  keyArn: pulumi.Input<string>
}

/** Where tasks run, all of them on Fargate, and the namespace in which they find each other (Service Connect). */
export class Cluster extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>
  readonly namespaceArn: pulumi.Output<string>
  /** Where what is done in shells is written down. */
  readonly shellLogsArn: pulumi.Output<string>

  constructor({ settings, keyArn }: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super('lightpress:cluster:Cluster', 'cluster', {}, opts)
    const { name } = settings
    const logs = { settings, keyArn, parent: this }
    const namespace = new aws.servicediscovery.HttpNamespace(
      'services',
      { name, description: `Modules of ${name}, by their names` },
      { parent: this },
    )
    // Container Insights would make it itself: without a key, for ever.
    const insights = logGroup('insights', `/aws/ecs/containerinsights/${name}/performance`, logs)
    const shells = logGroup('shells', `/${name}/shells`, logs)
    const cluster = new aws.ecs.Cluster(
      'cluster',
      {
        name,
        settings: [{ name: 'containerInsights', value: 'enhanced' }],
        serviceConnectDefaults: { namespace: namespace.arn },
        configuration: {
          // What is done in a shell inside a container (ECS Exec), where the environment allows one at all.
          executeCommandConfiguration: {
            kmsKeyId: keyArn,
            logging: 'OVERRIDE',
            logConfiguration: { cloudWatchLogGroupName: shells.name, cloudWatchEncryptionEnabled: true },
          },
        },
      },
      { parent: this, dependsOn: [insights] },
    )
    this.arn = cluster.arn
    this.namespaceArn = namespace.arn
    this.shellLogsArn = shells.arn
    this.registerOutputs()
  }
}

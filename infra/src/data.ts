import { randomBytes } from 'node:crypto'
import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { databaseParameters, queueParameters } from './data-parameters.ts'
import { logGroup, type LogPlace } from './logs.ts'
import type { Network } from './network.ts'
import { DATABASE_PORT, QUEUE_PORT, type SecurityGroups } from './security-groups.ts'
import type { Settings } from './settings.ts'
import { sizing } from './sizing.ts'

export interface DataArgs {
  settings: Settings
  network: Network
  groups: SecurityGroups
  keyArn: pulumi.Input<string>
}

/**
 * What the queues' login may do once it has a password: its own keys and channel, and nothing that looks at or empties
 * the whole server. BullMQ asks for the server's version, hence INFO.
 */
export const QUEUE_ACCESS = 'on ~lightpress:* &lightpress.* +@all -@dangerous +info'

/** PostgreSQL, where everything is, and Valkey, where queues are: losing the second loses nothing (the outbox is in the first). */
export class Data extends pulumi.ComponentResource {
  /** Names by which CloudWatch knows them. */
  readonly databaseName: pulumi.Output<string>
  readonly queueNodes: string[]
  /** Hosts, which the secrets `…/database-url` and `queue-url` are made of. */
  readonly databaseHost: pulumi.Output<string>
  readonly queueHost: pulumi.Output<string>
  /** Where RDS keeps the administrator's password. */
  readonly administratorSecret: pulumi.Output<string>

  constructor(args: DataArgs, opts?: pulumi.ComponentResourceOptions) {
    super('lightpress:data:Data', 'data', {}, opts)
    const database = makeDatabase(args, this)
    const queue = makeQueue(args, this)
    this.databaseName = database.identifier
    this.queueNodes = nodeNames(args.settings)
    this.databaseHost = database.address
    this.queueHost = queue.primaryEndpointAddress
    this.administratorSecret = database.masterUserSecrets.apply(([secret]) => secret?.secretArn ?? '')
    this.registerOutputs()
  }
}

function makeDatabase({ settings, network, groups, keyArn }: DataArgs, parent: Data) {
  const { name, environment } = settings
  const { database: size, deletionProtection } = sizing[environment]
  const subnets = new aws.rds.SubnetGroup('database', { name, subnetIds: network.dataSubnetIds }, { parent })
  const parameters = new aws.rds.ParameterGroup(
    'database',
    { name: `${name}-16`, family: 'postgres16', parameters: databaseParameters(size.maxConnections) },
    { parent },
  )
  const logs: LogPlace = { settings, keyArn, parent }
  const exported = ['postgresql', 'upgrade'].map((log) =>
    logGroup(`database-${log}`, `/aws/rds/instance/${name}/${log}`, logs),
  )
  return new aws.rds.Instance(
    'database',
    {
      identifier: name,
      engine: 'postgres',
      // The newest 16, by itself, in the maintenance window.
      engineVersion: '16',
      autoMinorVersionUpgrade: true,
      instanceClass: size.instanceClass,
      multiAz: size.multiAz,

      storageType: 'gp3',
      allocatedStorage: size.storage,
      maxAllocatedStorage: size.maxStorage,
      storageEncrypted: true,
      kmsKeyId: keyArn,

      dbName: 'lightpress',
      username: 'lightpress',
      // RDS makes the administrator's password and keeps it to itself: it is in no state and no setting.
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: keyArn,
      caCertIdentifier: 'rds-ca-rsa2048-g1',
      parameterGroupName: parameters.name,

      dbSubnetGroupName: subnets.name,
      vpcSecurityGroupIds: [groups.database],
      port: DATABASE_PORT,
      publiclyAccessible: false,

      backupRetentionPeriod: size.backupDays,
      backupWindow: '01:00-02:00',
      maintenanceWindow: 'sun:03:00-sun:04:00',
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: false,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: `${name}-final`,
      deletionProtection,

      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: keyArn,
      performanceInsightsRetentionPeriod: 7,
      enabledCloudwatchLogsExports: ['postgresql', 'upgrade'],
    },
    // Also in staging: whoever means to take it down says so first (`pulumi state unprotect`).
    { parent, protect: true, dependsOn: exported },
  )
}

function makeQueue({ settings, network, groups, keyArn }: DataArgs, parent: Data) {
  const { name, environment } = settings
  const { nodeType, nodes, snapshotDays } = sizing[environment].queue
  const subnets = new aws.elasticache.SubnetGroup('queue', { name, subnetIds: network.dataSubnetIds }, { parent })
  const parameters = new aws.elasticache.ParameterGroup(
    'queue',
    { name: `${name}-valkey8`, family: 'valkey8', parameters: queueParameters },
    { parent },
  )
  const user = new aws.elasticache.User(
    'queue',
    {
      userId: name,
      userName: 'lightpress',
      engine: 'valkey',
      // Off until somebody gives it a password: infra/README.md, "Secrets". Valkey takes nobody without one into a group,
      // so it begins with one that nobody reads and that opens nothing.
      accessString: QUEUE_ACCESS.replace(/^on/, 'off'),
      authenticationMode: pulumi.secret({ type: 'password', passwords: [randomBytes(32).toString('hex')] }),
    },
    { parent, ignoreChanges: ['accessString', 'authenticationMode', 'passwords'] },
  )
  const users = new aws.elasticache.UserGroup(
    'queue',
    { userGroupId: name, engine: 'valkey', userIds: [user.userId] },
    { parent },
  )
  const logs: LogPlace = { settings, keyArn, parent }
  return new aws.elasticache.ReplicationGroup(
    'queue',
    {
      replicationGroupId: name,
      description: `Queues of ${name}`,
      engine: 'valkey',
      engineVersion: '8.0',
      autoMinorVersionUpgrade: true,
      nodeType,
      numCacheClusters: nodes,
      clusterMode: 'disabled',
      automaticFailoverEnabled: nodes > 1,
      multiAzEnabled: nodes > 1,
      parameterGroupName: parameters.name,

      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      atRestEncryptionEnabled: true,
      kmsKeyId: keyArn,
      userGroupIds: [users.userGroupId],

      subnetGroupName: subnets.name,
      securityGroupIds: [groups.queue],
      port: QUEUE_PORT,

      snapshotRetentionLimit: snapshotDays,
      snapshotWindow: '01:00-02:00',
      maintenanceWindow: 'sun:03:00-sun:04:00',
      applyImmediately: false,
      logDeliveryConfigurations: (['slow-log', 'engine-log'] as const).map((logType) => ({
        logType,
        logFormat: 'json',
        destinationType: 'cloudwatch-logs',
        destination: logGroup(`queue-${logType}`, `/${name}/queue/${logType}`, logs).name,
      })),
    },
    { parent },
  )
}

/** ElastiCache numbers the nodes of a group from 001; CloudWatch knows each by itself. */
function nodeNames({ name, environment }: Settings): string[] {
  return Array.from(
    { length: sizing[environment].queue.nodes },
    (_, index) => `${name}-${String(index + 1).padStart(3, '0')}`,
  )
}

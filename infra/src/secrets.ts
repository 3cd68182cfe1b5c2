import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { catalogue, secretsOf } from './catalogue.ts'
import type { Settings } from './settings.ts'

/** The login that migrates: it owns every schema, and no service has it. */
export const MIGRATOR_SECRET = 'migrator/database-url'

/**
 * What a secret holds until somebody gives it a value. A process takes it for a variable that is missing (the kernel's
 * `loadConfig`), and so names all that nobody has set yet.
 */
export const UNSET = 'unset'

/** Days in which a deleted secret can be brought back. */
const RECOVERY_DAYS = 30

export interface SecretsArgs {
  settings: Settings
  keyArn: pulumi.Input<string>
}

/**
 * The environment's secrets, without their values: those are set with the AWS CLI (infra/README.md, "Secrets") and are
 * in no setting, no state and no log of Pulumi.
 */
export class Secrets extends pulumi.ComponentResource {
  readonly #arns = new Map<string, pulumi.Output<string>>()

  constructor({ settings, keyArn }: SecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('lightpress:secrets:Secrets', 'secrets', {}, opts)
    for (const secretName of secretNames()) {
      const secret = new aws.secretsmanager.Secret(
        secretName,
        { name: `${settings.name}/${secretName}`, kmsKeyId: keyArn, recoveryWindowInDays: RECOVERY_DAYS },
        { parent: this },
      )
      new aws.secretsmanager.SecretVersion(
        secretName,
        // A label of its own keeps the first version there when later ones have taken `AWSCURRENT` from it. Without one
        // AWS drops it in time, and Pulumi would put it back: in front of the real value.
        { secretId: secret.id, secretString: UNSET, versionStages: ['unset'] },
        { parent: this, ignoreChanges: ['secretString', 'versionStages'] },
      )
      this.#arns.set(secretName, secret.arn)
    }
    this.registerOutputs()
  }

  arn(secretName: string): pulumi.Output<string> {
    const arn = this.#arns.get(secretName)
    if (!arn)
      throw new Error(`There is no secret ${secretName}: the catalogue (infra/src/catalogue.ts) names it nowhere.`)
    return arn
  }
}

/** Names below `lightpress-<environment>/`, of every service and of the migrator. */
export function secretNames(): string[] {
  return [...new Set([...catalogue.flatMap((service) => Object.values(secretsOf(service))), MIGRATOR_SECRET])].sort()
}

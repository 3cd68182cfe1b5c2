import * as aws from '@pulumi/aws'
import type * as pulumi from '@pulumi/pulumi'
import type { Settings } from './settings.ts'
import { sizing } from './sizing.ts'

export interface LogPlace {
  settings: Settings
  keyArn: pulumi.Input<string>
  parent: pulumi.Resource
}

/** A log group of the environment: made before anything writes to it, which would make it without key and for ever. */
export function logGroup(
  resource: string,
  name: string,
  { settings, keyArn, parent }: LogPlace,
): aws.cloudwatch.LogGroup {
  const retentionInDays = sizing[settings.environment].logDays
  return new aws.cloudwatch.LogGroup(resource, { name, kmsKeyId: keyArn, retentionInDays }, { parent })
}

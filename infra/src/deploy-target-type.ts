/** What a deployment is told of an environment: the value, as JSON, of the parameter that `deployTargetName` names. */
export interface DeployTarget {
  /** `staging` or `production`. */
  environment: string
  region: string
  /** The account that it belongs to: a deployment refuses to run in another one. */
  account: string
  /** Name of the ECS cluster. */
  cluster: string
  /** Where people find it: `https://app.example.com`. */
  url: string
  /** In the order of the catalogue. */
  services: DeployService[]
  /** The bucket that the web's files go to, and the distribution in front of it. */
  web: { bucket: string; distribution: string }
  /** ARN of the SNS topic that is told of rollbacks: the one for what is critical. */
  alertTopic: string
}

/** One module as it is deployed: two ECS services and the task that migrates, all of one image. */
export interface DeployService {
  module: string
  /** Address of the image repository: the image is `<repository>@sha256:<digest>`. */
  repository: string
  /** With `canary` the traffic moves in steps, and waits for whoever watches; else tasks are replaced a few at a time. */
  http: EcsService & { canary: boolean }
  worker: EcsService
  /** Run once, before the services get the new image. */
  migrate: { family: string; subnets: string[]; securityGroups: string[] }
  /** Names of the CloudWatch alarms that must not ring while this service is deployed. */
  alarms: string[]
  /** The listener rule whose weights ECS moves; only where `canary` is. */
  productionRule?: string
  /** The two target groups between which it moves them, ECS's own alternation; only where `canary` is. */
  targetGroups?: string[]
}

export interface EcsService {
  service: string
  family: string
  /**
   * How many tasks to start with where there are none: an environment is made before there is an image to run, so its
   * services begin with a desired count of 0. Afterwards their number is autoscaling's.
   */
  tasks: number
}

/** Name of the container that holds the image, in every task definition. */
export const CONTAINER = 'service'

/** What asks for the version that a deployment is about to bring, before anybody else sees it. */
export const TEST_HEADER = { name: 'x-lightpress-test', value: 'next' } as const

/** Name of the SSM parameter. */
export function deployTargetName(environment: string): string {
  return `/lightpress/${environment}/deploy-target`
}

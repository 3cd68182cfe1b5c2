import { read, write } from './call.ts'

/** What there is in the account that the stand-ins play. A test writes it, they change it. */
export interface World {
  account: string
  parameters: Record<string, string>
  /** Repository → tag → digest. */
  images: Record<string, Record<string, string>>
  /** Family → revisions, the oldest first. */
  families: Record<string, TaskDefinition[]>
  services: Record<string, Service>
  deployments: Deployment[]
  /** How many of a service ECS lists at once. */
  page?: number
  tasks: Record<string, Task>
  alarms: Record<string, 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'>
  /** Family → how a one-off task of it ends. */
  endings: Record<string, Ending>
  /** Service → what ECS does of its own accord with the next deployments. */
  courses: Record<string, Course>
  objects: Record<string, Record<string, string>>
  published: string[]
  history: { head: string; commits: string[]; changes: string }
}

export interface TaskDefinition {
  shape: Record<string, unknown> & { family: string; containerDefinitions: { name: string; image: string }[] }
  arn: string
  tags: { key: string; value: string }[]
}

export interface Service {
  taskDefinition: string
  desiredCount: number
  configuration: { strategy: string } & Record<string, unknown>
}

export interface Deployment {
  arn: string
  service: string
  /** Counts up: later is newer. */
  createdAt: number
  from: string
  to: string
  steps: Step[]
  at: number
  status: string
  reason?: string
}

export interface Step {
  stage?: string
  weight?: number
  /** Waits here until it is told to go on. */
  pause?: boolean
  /** Begins to ring when this step begins. */
  alarm?: string
}

export interface Task {
  family: string
  /** How many times it is seen before it has stopped. */
  looks: number
}

export interface Ending {
  exitCode?: number
  reason?: string
  log?: string[]
  /** Never ends. */
  hangs?: boolean
}

export interface Course {
  /** Fails at this stage, and ECS rolls it back itself. */
  failsAt?: string
  /** Stays at this stage. */
  hangsAt?: string
  /** Does not pause, or moves all traffic at once: the service is not what the plan thinks. */
  without?: ('pause' | 'canary')[]
  /** Begins to ring at a stage. */
  rings?: { alarm: string; at: string }
  /** Cannot be rolled back. */
  stuck?: boolean
  /** A rollback of it does not end. */
  lingers?: boolean
}

export function readWorld(folder: string): World {
  return read<World>(folder, 'world.json', {} as World)
}

export function changeWorld<T>(folder: string, change: (world: World) => T): T {
  const world = readWorld(folder)
  const result = change(world)
  write(folder, 'world.json', world)
  return result
}

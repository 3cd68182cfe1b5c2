import { catalogue } from '../src/catalogue.ts'
import type { Graph, Resource } from './graph.ts'

export const accounts = { staging: '111111111111', production: '222222222222' } as const

export const modules = catalogue.map(({ module }) => module)

/** A container as a task definition holds it, in JSON. */
export interface Container {
  name: string
  image: string
  command?: string[]
  user: string
  readonlyRootFilesystem: boolean
  stopTimeout: number
  linuxParameters: {
    initProcessEnabled: boolean
    capabilities: { drop: string[] }
    tmpfs: { containerPath: string; size: number }[]
  }
  healthCheck?: { command: string[]; interval: number; timeout: number; retries: number; startPeriod: number }
  portMappings: { name: string; containerPort: number; protocol: string; appProtocol?: string }[]
  environment: { name: string; value: string }[]
  secrets: { name: string; valueFrom: string }[]
  logConfiguration: { logDriver: string; options: Record<string, string> }
}

/** The one container of a task. */
export function containerOf({ name, inputs }: Resource): Container {
  const [container, ...others] = JSON.parse(String(inputs.containerDefinitions)) as Container[]
  if (!container || others.length > 0) throw new Error(`${name} has ${others.length + 1} containers, or none`)
  return container
}

export interface Statement {
  Effect: string
  Action: string[]
  Resource: string[]
  Condition?: Record<string, Record<string, unknown>>
}

/** What the role of this name may do; nothing when it has no policy. */
export function statementsOf(graph: Graph, role: string): Statement[] {
  return graph
    .find('aws:iam/rolePolicy:RolePolicy')
    .filter(({ name }) => name === role)
    .flatMap(({ inputs }) => (JSON.parse(String(inputs.policy)) as { Statement: Statement[] }).Statement)
}

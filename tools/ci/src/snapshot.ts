import type { Access, Assurance, Contract, EventDefinition, Method, Operation } from '@lightpress/protocol'
import { z } from 'zod'

/** A schema as JSON Schema 2020-12 says it. */
export type Json = z.core.JSONSchema.BaseSchema

/** What others may rely on, as plain data. */
export interface OperationSnapshot {
  method: Method
  /** Null: served to other modules only. */
  path: string | null
  access: Access
  scope: string | null
  assurance: Assurance | null
  status: number
  input: Json | null
  output: Json | null
}

export interface EventSnapshot {
  listeners: readonly string[]
  payload: Json
}

export interface Snapshot {
  name: string
  operations: Record<string, OperationSnapshot>
  events: Record<string, EventSnapshot>
  reasons: readonly string[]
}

/** A contract as it is committed beside it, to be held against the next version of itself. */
export function snapshotOf(contract: Contract, events: readonly EventDefinition[]): Snapshot {
  return {
    name: contract.name,
    operations: Object.fromEntries(
      Object.entries(contract.operations).map(([name, operation]) => [name, describe(operation)]),
    ),
    events: Object.fromEntries(
      events.map(({ type, listeners, payload }) => [type, { listeners, payload: jsonOf(payload, 'output') }]),
    ),
    reasons: contract.reasons,
  }
}

function describe({ method, path, access, scope, assurance, status, input, output }: Operation): OperationSnapshot {
  return {
    method,
    path: path ?? null,
    access,
    scope: scope ?? null,
    assurance: assurance ?? null,
    status: status ?? 200,
    input: input ? jsonOf(input, 'input') : null,
    output: output ? jsonOf(output, 'output') : null,
  }
}

/** `input`: what a caller may send, defaults left out. `output`: what a reader is given. */
function jsonOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => delete jsonSchema.default,
  })
  // Through text, so that it equals what is read back from the file.
  return JSON.parse(JSON.stringify(json)) as Json
}

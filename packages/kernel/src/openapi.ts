import { pathParameters, statusOf, type Access, type Contract, type Operation } from '@lightpress/protocol'
import { z } from 'zod'

type Json = Record<string, unknown>

const signedIn: readonly Access[] = ['user', 'member', 'admin', 'owner', 'platform']

/** The public operations of these contracts as an OpenAPI 3.1 document. */
export function describeApi(contracts: readonly Contract[], { publicUrl }: { publicUrl: string }): Json {
  const paths: Record<string, Json> = {}
  for (const contract of contracts) {
    for (const [name, operation] of Object.entries(contract.operations)) {
      if (operation.path === undefined) continue
      const path = operation.path.replace(/:(\w+)/g, '{$1}')
      paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(contract, { name, operation }) }
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Lightpress',
      version: '1',
      description: 'Errors are problem details (RFC 9457); `reason` is the stable name of what was refused.',
    },
    servers: [{ url: publicUrl }],
    tags: contracts.map(({ name }) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'lightpress_access' },
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key of an organisation: `lp_…`.' },
      },
      schemas: { Problem: problem },
    },
  }
}

function describe(contract: Contract, { name, operation }: { name: string; operation: Operation }): Json {
  const body = operation.method !== 'GET' && operation.method !== 'DELETE'
  return {
    operationId: `${contract.name}.${name}`,
    tags: [contract.name],
    summary: operation.summary,
    description: guardsOf(operation),
    ...(signedIn.includes(operation.access) && {
      security: [{ bearer: [] }, { cookie: [] }, ...(operation.scope === undefined ? [] : [{ apiKey: [] }])],
    }),
    parameters: parametersOf(operation, { body: body && isJson(operation) }),
    ...(body && bodyOf(operation)),
    responses: {
      [operation.status ?? 200]: answerOf(operation),
      default: {
        description: `Refused. Reasons of this module: ${contract.reasons.join(', ') || 'none'}.`,
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

function guardsOf({ access, scope, assurance }: Operation): string {
  const sentences = [
    `Access: ${access}.`,
    scope !== undefined && `API keys need the scope \`${scope}\`.`,
    assurance !== undefined && 'Not for operators who act as the person.',
    assurance === 'recent' && 'The person must have proved who they are within the last ten minutes.',
  ]
  return sentences.filter(Boolean).join(' ')
}

function parametersOf({ path = '', input }: Operation, { body }: { body: boolean }): Json[] {
  if (!input) return []
  const inPath = pathParameters(path)
  const schema = toJsonSchema(input, 'input') as { properties?: Record<string, Json>; required?: string[] }
  return Object.entries(schema.properties ?? {})
    .filter(([name]) => inPath.includes(name) || !body)
    .map(([name, property]) => ({
      name,
      in: inPath.includes(name) ? 'path' : 'query',
      required: inPath.includes(name) || (schema.required?.includes(name) ?? false),
      schema: property,
    }))
}

/** Whether the input that stands not in the path comes as JSON, for an operation with a body. */
function isJson(operation: Operation): boolean {
  return typesOf(operation).includes('application/json')
}

function typesOf(operation: Operation): readonly string[] {
  return (operation.kind === 'raw' && operation.takes) || ['application/json']
}

function bodyOf(operation: Operation): Json {
  const json = jsonOf(operation)
  const content = Object.fromEntries(
    typesOf(operation).flatMap((type) => (type !== 'application/json' ? [[type, {}]] : json ? [[type, json]] : [])),
  )
  return Object.keys(content).length === 0 ? {} : { requestBody: { required: true, content } }
}

function jsonOf({ path = '', input }: Operation): Json | undefined {
  if (!input) return undefined
  const inPath = pathParameters(path)
  const schema = z.object(Object.fromEntries(Object.entries(input.shape).filter(([name]) => !inPath.includes(name))))
  return Object.keys(schema.shape).length === 0 ? undefined : { schema: toJsonSchema(schema, 'input') }
}

function answerOf(operation: Operation): Json {
  if (operation.output)
    return {
      description: 'Done.',
      content: { 'application/json': { schema: toJsonSchema(operation.output, 'output') } },
    }
  const type = operation.kind === 'raw' ? (operation.produces ?? 'application/octet-stream') : 'application/json'
  return { description: 'Done.', content: { [type]: {} } }
}

export function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json
  return json
}

const problem: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'reason', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer', enum: [...Object.values(statusOf), 413] },
    detail: { type: 'string' },
    reason: { type: 'string' },
    requestId: { type: 'string' },
    retryAfter: { type: 'integer', description: 'Seconds.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
}

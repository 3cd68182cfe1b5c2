import type { z } from 'zod'
import type { Context } from '../context.ts'
import { parseParams } from './params.ts'

type Method = 'GET' | 'POST' | 'DELETE'

/** An endpoint of the API. `prepare` checks the parameters; what it returns does the work and answers. */
export interface Endpoint {
  method: Method
  path: string
  prepare(id: string, given: unknown): (ctx: Context) => object
}

/** An endpoint on a collection, such as `POST /v1/customers`. */
export function collection<Params>(
  [method, path]: [Method, string],
  schema: z.ZodType<Params>,
  handle: (params: Params, ctx: Context) => object,
): Endpoint {
  return {
    method,
    path,
    prepare(_id, given) {
      const params = parseParams(schema, given)
      return (ctx) => handle(params, ctx)
    },
  }
}

/** An endpoint on one object, such as `GET /v1/customers/:id`. */
export function member<Params>(
  [method, path]: [Method, string],
  schema: z.ZodType<Params>,
  handle: (id: string, params: Params, ctx: Context) => object,
): Endpoint {
  return {
    method,
    path,
    prepare(id, given) {
      const params = parseParams(schema, given)
      return (ctx) => handle(id, params, ctx)
    },
  }
}

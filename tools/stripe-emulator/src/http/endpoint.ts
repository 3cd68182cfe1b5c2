import type { z } from 'zod'
import type { Context } from '../context.ts'
import { parseParams } from './parse-params.ts'

type Method = 'GET' | 'POST' | 'DELETE'

/** An endpoint of the API. `prepare` checks the parameters; what it returns does the work and answers. */
export interface Endpoint {
  method: Method
  path: string
  prepare(ids: Ids, given: unknown): (ctx: Context) => object
}

/** What the path names: `:id`, and in it perhaps a `:part`, such as `/v1/customers/:id/payment_methods/:part`. */
export interface Ids {
  id: string
  part: string
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
    prepare(_ids, given) {
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
    prepare({ id }, given) {
      const params = parseParams(schema, given)
      return (ctx) => handle(id, params, ctx)
    },
  }
}

/** An endpoint on something inside an object, such as `GET /v1/customers/:id/balance_transactions/:part`. */
export function inner<Params>(
  [method, path]: [Method, string],
  schema: z.ZodType<Params>,
  handle: (ids: Ids, params: Params, ctx: Context) => object,
): Endpoint {
  return {
    method,
    path,
    prepare(ids, given) {
      const params = parseParams(schema, given)
      return (ctx) => handle(ids, params, ctx)
    },
  }
}

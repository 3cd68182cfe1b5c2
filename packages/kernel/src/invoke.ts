import {
  AppError,
  fromProblem,
  isAppError,
  refusal,
  type Contract,
  type Operation,
  type Refusal,
} from '@lightpress/protocol'
import { Agent, request as httpRequest } from 'undici'
import type { z } from 'zod'
import { insideTransaction, translateDatabaseError } from './db.ts'
import type { InternalTokens } from './internal-token.ts'
import type { CallContext, ModuleContext } from './module.ts'
import { observeCall } from './observe-call.ts'
import { findUnstorable } from './storable.ts'
import type { Telemetry } from './telemetry.ts'

/** A module that runs in this process, ready to be called. */
export interface Hosted {
  name: string
  contract: Contract
  run(operation: string, input: unknown, call: CallContext): Promise<unknown>
}

export interface InvokerOptions {
  hosted: ReadonlyMap<string, Hosted>
  /** The internal base addresses of modules that run elsewhere. */
  remote: ReadonlyMap<string, string>
  tokens: InternalTokens
  telemetry: Pick<Telemetry, 'metrics' | 'tracer'>
}

export interface Invocation {
  from: string
  to: Contract
  operation: string
  input: unknown
}

export type Invoke = (invocation: Invocation, call: CallContext) => Promise<unknown>

/** Milliseconds that a request may take in all, its calls to neighbours included. */
export const DEADLINE = 10_000

/**
 * The one way from module to module: a function call when the neighbour is in this process, HTTP when it is not.
 * Either way the input and output are parsed, access is checked, the deadline holds, and errors look the same.
 */
export function createInvoker({ hosted, remote, tokens, telemetry }: InvokerOptions): {
  invoke: Invoke
  close: () => Promise<void>
} {
  const agent = new Agent({ keepAliveTimeout: 30_000, connect: { timeout: 2_000 } })

  const invoke: Invoke = async ({ from, to, operation, input }, outside) => {
    if (insideTransaction()) {
      throw new TypeError(
        `${from} called ${to.name}.${operation} inside a transaction. Read first, then open the transaction.`,
      )
    }
    const declared = to.operations[operation]
    if (!declared || declared.kind === 'raw')
      throw new TypeError(`${to.name} has no operation ${operation} for other modules`)
    // The caller's Idempotency-Key is for what the caller asked, not for what that takes. And whoever is called is waited for.
    const { renew: _, ...waited } = outside
    const inside = { ...waited, request: { ...outside.request, idempotencyKey: null } }
    const neighbour = hosted.get(to.name)
    const attempt = async (call: CallContext) => {
      if (call.signal.aborted) throw deadlinePassed(to.name)
      if (neighbour) return neighbour.run(operation, input, { ...call, caller: { ...call.caller, service: from } })
      return declared.output.parse(await callRemote({ from, to: to.name, operation, input }, call))
    }
    const name = `${to.name}.${operation}`
    const about = { from, operation: name, way: neighbour ? 'process' : 'network', call: inside } as const
    return observeCall(telemetry, about, async (call) => {
      try {
        return await attempt(call)
      } catch (error) {
        // A query may be repeated once; a command never, because nobody knows whether it was done.
        if (declared.kind === 'query' && isAppError(error) && error.code === 'unavailable' && !call.signal.aborted)
          return attempt(call)
        throw error
      }
    })
  }

  const callRemote = async (
    { from, to, operation, input }: { from: string; to: string; operation: string; input: unknown },
    call: CallContext,
  ) => {
    const base = remote.get(to)
    if (base === undefined) throw new TypeError(`Nobody told this process where ${to} is`)
    const budget = Math.max(1, call.deadline - Date.now())
    const token = tokens.sign({
      from,
      operation: `${to}.${operation}`,
      caller: call.caller,
      request: call.request,
      budget,
    })
    try {
      const response = await httpRequest(`${base}/internal/${to}/${operation}`, {
        method: 'POST',
        dispatcher: agent,
        signal: call.signal,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(input),
      })
      if (response.statusCode < 300) return await response.body.json()
      const problem = fromProblem(response.statusCode, await response.body.json().catch(() => undefined))
      // Not the neighbour's own answer but the seam's or a proxy's: nothing that the caller did.
      if (problem.requestId === '' || problem.reason.startsWith('seam.'))
        throw new Error(`${to} answered ${response.statusCode} ${problem.reason}`)
      throw problem
    } catch (error) {
      if (isAppError(error)) throw error
      if (call.signal.aborted) throw deadlinePassed(to)
      throw new AppError(
        'unavailable',
        'seam.neighbour_unavailable',
        `A part of the product (${to}) does not answer just now. Try again.`,
        { cause: error, retryAfter: 1 },
      )
    }
  }

  return { invoke, close: () => agent.destroy() }
}

/** Checks access, parses the input, runs the handler, parses the output: nothing else leaves, in any topology. */
export async function execute(
  {
    contract,
    operation,
    handler,
  }: { contract: Contract; operation: string; handler: (input: never, ctx: ModuleContext) => Promise<unknown> },
  input: unknown,
  ctx: ModuleContext,
): Promise<unknown> {
  const declared = contract.operations[operation] as Exclude<Operation, { kind: 'raw' }>
  checkAccess(declared, ctx)
  const parsed = parseInput(declared.input, input)
  try {
    return declared.output.parse(await handler(parsed as never, ctx))
  } catch (error) {
    throw asRefusal(contract, error)
  }
}

/** What a handler threw, as callers may see it. A module refuses for the reasons that its contract lists, and no other. */
export function asRefusal({ name, reasons }: Contract, error: unknown): unknown {
  const refusal = translateDatabaseError(error)
  if (!isAppError(refusal) || !refusal.reason.startsWith(`${name}.`) || reasons.includes(refusal.reason)) return refusal
  return new TypeError(`${refusal.reason} is not among the reasons of ${name}'s contract`, { cause: error })
}

export function checkAccess(operation: Operation, { caller }: Pick<CallContext, 'caller'>): void {
  const refused = refusal(operation, caller)
  if (refused !== null) throw refusals[refused](operation)
}

const refusals: Record<Refusal, (operation: Operation) => AppError> = {
  sign_in_required: () => new AppError('unauthenticated', 'request.sign_in_required', 'Sign in first.'),
  not_allowed: () => new AppError('forbidden', 'request.not_allowed', 'You are not allowed to do this.'),
  people_only: () =>
    new AppError('forbidden', 'request.people_only', 'This is for people who are signed in, not for API keys.'),
  scope_missing: ({ scope }) =>
    new AppError('forbidden', 'request.scope_missing', `The API key needs the scope ${scope} for this.`),
  impersonating: () =>
    new AppError(
      'forbidden',
      'request.impersonating',
      'Only the person themself can do this, nobody who acts as them.',
    ),
  step_up_required: stepUpRequired,
}

/** For what must not be done by whoever finds a session open. */
export function stepUpRequired(): AppError {
  return new AppError('forbidden', 'request.step_up_required', 'Prove once more who you are, and ask again.')
}

export function parseInput(schema: z.ZodType, input: unknown): unknown {
  const unstorable = findUnstorable(input)
  if (unstorable !== undefined)
    throw invalid([{ path: unstorable, message: 'Leave out NUL and halves of characters.' }])
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw invalid(result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })))
}

function invalid(errors: { path: string; message: string }[]): AppError {
  return new AppError(
    'invalid',
    'request.invalid',
    `Something in the request is not right: ${errors.map(({ path, message }) => `${path || 'input'}: ${message}`).join('; ')}`,
    { errors },
  )
}

/** Answers `unavailable` after so many milliseconds, whether or not the work listens to its signal. */
export async function withDeadline<T>(
  milliseconds: number,
  work: (limit: { deadline: number; signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = deadlinePassed()
      controller.abort(error)
      reject(error)
    }, milliseconds)
  })
  try {
    return await Promise.race([work({ deadline: Date.now() + milliseconds, signal: controller.signal }), passed])
  } finally {
    clearTimeout(timer)
  }
}

function deadlinePassed(what = 'this'): AppError {
  return new AppError(
    'unavailable',
    'request.deadline_exceeded',
    `It took too long (${what}) and was given up. Try again.`,
    { retryAfter: 1 },
  )
}

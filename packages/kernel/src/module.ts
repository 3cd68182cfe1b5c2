import {
  kernelOperations,
  publisherOf,
  type Caller,
  type Calls,
  type Contract,
  type EventDefinition,
  type Input,
  type KernelOperations,
  type Operation,
  type Output,
  type Payload,
  type TrailItem,
  type TrailSubject,
} from '@lightpress/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Invalidate } from './call-cache.ts'
import type { Db, Tx } from './db.ts'
import type { Logger } from './logging.ts'
import { withKernelTables, type HeldData } from './held-data.ts'
import { lanesOf, type Lane } from './lanes.ts'
import type { Signals } from './queues.ts'
import type { EventStream } from './sse.ts'
import type { Origin } from './tables.ts'
import type { TrailPage } from './trail-order.ts'

/** What is known of the request, event or schedule that a piece of work is for. Travels with every call. */
export interface RequestInfo extends Origin {
  ip: string | null
  userAgent: string | null
  /** What the caller sent as `Idempotency-Key`. */
  idempotencyKey: string | null
}

export interface CallContext {
  caller: Caller
  request: RequestInfo
  /** Milliseconds since the epoch by which an answer is wanted; `signal` aborts then. */
  deadline: number
  signal: AbortSignal
  /** Another deadline, for work that nobody waits for. */
  renew?: () => Pick<CallContext, 'deadline' | 'signal'>
  log: Logger
}

export type Neighbours = Record<string, Contract>

export type Clients<N extends Neighbours> = { [K in keyof N]: Calls<N[K]> }

/** What every operation, handler and job of a module is given. */
export interface ModuleContext<N extends Neighbours = Neighbours, Config = unknown> extends CallContext {
  config: Config
  /** For single statements; what belongs together goes through `withTx`. */
  db: Db
  withTx<T>(fn: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * The same with a whole deadline ahead of it, for the next step of a job or a schedule: it may take longer than a
   * request, none of its calls may. Whoever is waited for has one deadline, and keeps it.
   */
  nextStep(): this
  /** The neighbours that the module needs: called as functions, wherever they run. Not inside `withTx`. */
  calls: Clients<N>
  signals: Signals
  /** Says that an answer of this module's which others may have in memory (`cacheSeconds`) is another after the commit. */
  invalidate: Invalidate
  publicUrl: string
  /** Of all modules, where the app tells this process (`documents`): what an API key can be for stands in them. */
  contracts: readonly Contract[]
  /** Opens a stream of server-sent events to the caller; the kernel ends it on revocation and shutdown. */
  openStream(http: { request: FastifyRequest; reply: FastifyReply }): EventStream
}

export interface RawHttp<Op extends Operation = Operation> {
  input: Input<Op>
  request: FastifyRequest
  reply: FastifyReply
}

type Handler<Op extends Operation, Ctx> = Op extends { kind: 'raw' }
  ? (http: RawHttp<Op>, ctx: Ctx) => Promise<Output<Op>>
  : (input: Input<Op>, ctx: Ctx) => Promise<Output<Op>>

/** One function an operation: a missing one or one of the wrong shape does not compile. */
export type Handlers<C extends Contract, Ctx> = {
  [K in Exclude<keyof C['operations'], keyof KernelOperations>]: Handler<C['operations'][K], Ctx>
}

export interface Delivered<E extends EventDefinition = EventDefinition> {
  id: string
  type: string
  payload: Payload<E>
}

export interface Listener<Ctx = never> {
  event: EventDefinition
  prepare?: (event: Delivered, ctx: Ctx) => Promise<unknown>
  handle: (event: Delivered, work: { tx: Tx; prepared: never }, ctx: Ctx) => Promise<void>
}

/**
 * Listens to an event. `handle` runs in the transaction that records the delivery, so it takes effect once; it
 * changes this module's schema only. What it must know from neighbours is asked in `prepare`, before that.
 */
export function on<E extends EventDefinition, Ctx, P = undefined>(
  event: E,
  listener: {
    prepare?: (event: Delivered<E>, ctx: Ctx) => Promise<P>
    handle: (event: Delivered<E>, work: { tx: Tx; prepared: P }, ctx: Ctx) => Promise<void>
  },
): Listener<Ctx> {
  return { event, ...listener }
}

/** What a job is asked for by: enough to promise it. Declared apart where jobs ask for each other. */
export interface JobRequest<P extends z.ZodType = z.ZodType> {
  name: string
  payload: P
}

/**
 * Work outside a transaction: e-mail, payment providers. Done at least once, so `run` must be repeatable, with
 * the row's own id as the vendor's idempotency key. Ten attempts, then dead letter.
 */
export interface Job<P extends z.ZodType = z.ZodType, Ctx = never> extends JobRequest<P> {
  run: (payload: z.output<P>, ctx: Ctx) => Promise<void>
  /**
   * Taken again five minutes after its last attempt, for as long as it takes: for what must happen once a neighbour is
   * back, however long it is away. `run` must end well when there is nothing left to do.
   */
  untilDone: boolean
  /** Where it waits for its turn, when its vendor takes only so much at a time. */
  lane?: Lane<ConfigOf<Ctx>>
  /** Goes before the others of its lane: somebody is waiting for it. */
  urgent: boolean
}

type ConfigOf<Ctx> = Ctx extends { config: infer Config } ? Config : never

export function defineJob<P extends z.ZodType, Ctx>(
  name: string,
  payload: P,
  run: (payload: z.output<P>, ctx: Ctx) => Promise<void>,
  {
    untilDone = false,
    urgent = false,
    lane,
  }: { untilDone?: boolean; urgent?: boolean; lane?: Lane<ConfigOf<Ctx>> } = {},
): Job<P, Ctx> {
  return { name, payload, run, untilDone, urgent, ...(lane && { lane }) }
}

/** Work by the clock. `cron` is in UTC; a run that was missed is not made up for. */
export interface Schedule<Ctx = never> {
  name: string
  cron: string
  run: (ctx: Ctx) => Promise<void>
}

/** What an operator runs by hand, as `main.js keys rotate`. Throw a `ConfigError` for what they must mend. */
export interface Command<Ctx = never> {
  /** One or two words, unique over all modules: `keys rotate`. */
  name: string
  /** One sentence for the list of commands. */
  summary: string
  /** What it answers is said to the operator: what was done. */
  run: (options: { args: readonly string[] }, ctx: Ctx) => Promise<string>
}

export interface ModuleDefinition<
  C extends Contract,
  N extends Neighbours,
  Config extends z.ZodObject,
  Own extends object,
> {
  contract: C
  needs: N
  config: Config
  /** The folder of the SQL migrations. */
  migrations: URL
  /** PostgreSQL extensions that they need. */
  extensions?: readonly string[]
  /** Whom it asks over the network, by `fetch`: a name, and the origin where they are. */
  vendors?: (config: z.output<Config>) => Readonly<Record<string, string>>
  /** Makes what the module keeps for the life of the process (a vendor's SDK); merged into its context. */
  setup?: (base: { config: z.output<Config>; log: Logger }) => Own | Promise<Own>
  /** Runs before the process listens. Throw a `ConfigError` for what an operator must mend; calls nobody. */
  check?: (ctx: ModuleContext<N, z.output<Config>> & Own) => Promise<void>
  handlers: Handlers<C, ModuleContext<N, z.output<Config>> & Own>
  /** What it holds about people and organisations, so that all of it can be handed over and erased. */
  data: HeldData<ModuleContext<N, z.output<Config>> & Own>
  /** The events it publishes; their listeners are what its reconciler asks. */
  publishes?: readonly EventDefinition[]
  listeners?: readonly Listener<ModuleContext<N, z.output<Config>> & Own>[]
  jobs?: readonly Job<z.ZodType, ModuleContext<N, z.output<Config>> & Own>[]
  schedules?: readonly Schedule<ModuleContext<N, z.output<Config>> & Own>[]
  commands?: readonly Command<ModuleContext<N, z.output<Config>> & Own>[]
  /**
   * What it knows of what happened to a person or an organisation, or because of a request: for operators who find out
   * why. Ids only. Events and jobs are not among it: the kernel adds them from the outbox, sorts all of it and leaves out
   * what is there twice. Where there are several ways to be about somebody, the newest `limit` of each are enough:
   * `beforeInTrail` and `newestFirst` say which these are.
   */
  trail?: (about: TrailSubject, page: TrailPage, ctx: ModuleContext<N, z.output<Config>> & Own) => Promise<TrailItem[]>
  /** Believable data for development; idempotent. */
  seed?: (ctx: ModuleContext<N, z.output<Config>> & Own) => Promise<void>
}

/** A module as the kernel holds it, its types erased. */
export interface Module {
  name: string
  contract: Contract
  needs: Neighbours
  config: z.ZodObject
  migrations: URL
  extensions: readonly string[]
  vendors: (config: never) => Readonly<Record<string, string>>
  setup: (base: { config: never; log: Logger }) => object | Promise<object>
  check: ((ctx: ModuleContext) => Promise<void>) | undefined
  handlers: Record<string, (input: never, ctx: ModuleContext) => Promise<unknown>>
  data: HeldData<ModuleContext>
  publishes: readonly EventDefinition[]
  listeners: Map<string, Listener>
  jobs: Map<string, Job>
  schedules: Map<string, Schedule>
  commands: Map<string, Command>
  trail: ((about: TrailSubject, page: TrailPage, ctx: ModuleContext) => Promise<TrailItem[]>) | undefined
  seed: ((ctx: ModuleContext) => Promise<void>) | undefined
}

/** Declares a module: the map of what it answers, hears and does by itself. Its only export. */
export function defineModule<
  C extends Contract,
  const N extends Neighbours,
  Config extends z.ZodObject,
  Own extends object = object,
>(definition: ModuleDefinition<C, N, Config, Own>): Module {
  const {
    contract,
    extensions = [],
    publishes = [],
    listeners = [],
    jobs = [],
    schedules = [],
    commands = [],
  } = definition
  const byKey = <T>(what: string, items: readonly T[], key: (item: T) => string) => {
    const map = new Map(items.map((item) => [key(item), item]))
    if (map.size !== items.length) throw new TypeError(`${contract.name} names the same ${what} twice`)
    return map
  }
  for (const { event } of listeners) {
    if (!event.listeners.includes(contract.name)) {
      throw new TypeError(`${contract.name} listens to ${event.type}, which does not name it as a listener`)
    }
  }
  lanesOf(contract.name, jobs as readonly Job[])
  const unanswered = Object.keys(contract.operations).filter(
    (name) => !(name in kernelOperations || name in definition.handlers),
  )
  if (unanswered.length > 0) throw new TypeError(`${contract.name} has no handler for ${unanswered.join(', ')}`)
  for (const event of publishes) {
    if (publisherOf(event) !== contract.name) throw new TypeError(`${contract.name} cannot publish ${event.type}`)
  }
  return {
    ...definition,
    name: contract.name,
    data: withKernelTables(contract.name, definition.data),
    extensions,
    publishes,
    vendors: definition.vendors ?? (() => ({})),
    setup: definition.setup ?? (() => ({})),
    check: definition.check,
    trail: definition.trail,
    seed: definition.seed,
    listeners: byKey('event', listeners, ({ event }) => event.type),
    jobs: byKey('job', jobs, ({ name }) => name),
    schedules: byKey('schedule', schedules, ({ name }) => name),
    commands: byKey('command', commands, ({ name }) => name),
  } as unknown as Module
}

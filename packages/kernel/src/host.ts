import type { Contract } from '@lightpress/protocol'
import { createAsk } from './ask-listener.ts'
import type { CallCache } from './call-cache.ts'
import type { Database } from './db.ts'
import { execute, type Hosted, type Invoke } from './invoke.ts'
import type { CallContext, Clients, Module, ModuleContext, Neighbours } from './module.ts'
import type { Signals } from './queues.ts'
import { dataHandlers } from './data-operations.ts'
import { deliveryHandlers } from './delivery-operations.ts'
import type { RoutedModule } from './routes.ts'
import type { Streams } from './sse.ts'
import { originOf } from './tables.ts'

export interface HostOptions {
  module: Module
  config: unknown
  /** What the module's own `setup` made. */
  own: object
  database: Database
  cache: CallCache
  signals: Signals
  streams: Streams
  publicUrl: string
  contracts: readonly Contract[]
}

/** A module as this process runs it: its handlers with the context they need. */
export function hostModule({
  module,
  config,
  own,
  database,
  cache,
  signals,
  streams,
  publicUrl,
  contracts,
}: HostOptions): RoutedModule {
  const { name, contract, handlers } = module
  const fixed = { ...own, config, db: database.db, signals, publicUrl, contracts }

  const contextFor = (call: CallContext): ModuleContext => {
    const { caller, request, deadline, signal } = call
    const ctx = {
      ...fixed,
      caller,
      request,
      deadline,
      signal,
      get log() {
        return call.log
      },
      nextStep() {
        if (!call.renew) throw new TypeError('Somebody waits for this, and not longer than its deadline')
        return contextFor({ ...call, ...call.renew() })
      },
      withTx: (fn) => database.withTx(originOf(call.request), fn),
      invalidate: (tx, operation, input) => cache.invalidate(tx, { module: name, operation, input }),
      get calls() {
        return clientsOf(module.needs, { from: name, invoke: cache.invoke, call })
      },
      openStream(http) {
        if (!call.caller.identity) throw new TypeError('A stream is for somebody who is signed in')
        return streams.open(http, call.caller.identity)
      },
    } as ModuleContext
    return ctx
  }

  const all: Module['handlers'] = {
    ...handlers,
    ...dataHandlers(module.data),
    ...deliveryHandlers({ module, database, ask: createAsk(name, cache.invoke) }),
  }

  return {
    name,
    contract,
    contextFor,
    run(operation, input, call) {
      const handler = all[operation]
      if (!handler) throw new TypeError(`${name} has no handler for ${operation}`)
      return execute({ contract, operation, handler }, input, contextFor(call))
    },
    runRaw(operation, http, ctx) {
      const handler = handlers[operation]
      if (!handler) throw new TypeError(`${name} has no handler for ${operation}`)
      return handler(http as never, ctx)
    },
  }
}

function clientsOf(
  needs: Neighbours,
  { from, invoke, call }: { from: string; invoke: Invoke; call: CallContext },
): Clients<Neighbours> {
  const clients: Record<string, Record<string, unknown>> = {}
  for (const [alias, to] of Object.entries(needs)) {
    const client: Record<string, unknown> = {}
    for (const operation of Object.keys(to.operations)) {
      client[operation] = (input: unknown = {}) => invoke({ from, to, operation, input }, call)
    }
    clients[alias] = client
  }
  return clients as Clients<Neighbours>
}

/** Stands in for a neighbour in tests: functions typed by its contract, called as if it ran here. */
export function fakeNeighbour(
  contract: Contract,
  functions: Readonly<Record<string, (input: never) => unknown>>,
): Hosted {
  return {
    name: contract.name,
    contract,
    async run(operation, input) {
      const declared = contract.operations[operation]
      const fake = functions[operation]
      if (!fake || !declared || declared.kind === 'raw')
        throw new TypeError(`The stand-in for ${contract.name} has no ${operation}`)
      return declared.output.parse(await fake(declared.input.parse(input) as never))
    },
  }
}

import type { DeliveryOperations, Input, Output, TrailOperations } from '@lightpress/protocol'
import type { Ask } from './ask-listener.ts'
import type { Database } from './db.ts'
import { listDeadLetters } from './dead-letters.ts'
import type { Module, ModuleContext } from './module.ts'
import { readOutboxStates, readQueues } from './queue-states.ts'
import { readDeliveryStates } from './reconciler.ts'
import { sendAgain } from './replay.ts'
import { isOneOf, tablesOf } from './tables.ts'
import { readTrail } from './trail.ts'

type Answered = DeliveryOperations & TrailOperations

type Handlers = {
  [K in keyof Answered]: (input: Input<Answered[K]>, ctx: ModuleContext) => Promise<Output<Answered[K]>>
}

/** What every module answers about what it promised, what became of that, and what happened in it. */
export function deliveryHandlers(source: { module: Module; database: Database; ask: Ask }): Handlers {
  const { module, database, ask } = source
  const { name } = module
  return {
    readDeliveryStates: ({ ids }) => readDeliveryStates(database, name, ids),
    readOutboxStates: async ({ ids }) => ({ items: await readOutboxStates(name, ids, database) }),
    readQueues: async () => ({ queues: await readQueues(module, database) }),
    listDeadLetters: (input, ctx) => listDeadLetters(input, { module: name, database, ask }, ctx),
    replayDeadLetters: async ({ letters }, { log }) => {
      const which = letters && isOneOf(tablesOf(name).outbox, letters)
      return { count: await sendAgain(name, which, { database, log }) }
    },
    readTrail: async (input, ctx) => ({ items: await readTrail(input, source, ctx) }),
  }
}

import { afterCommit, defineModule, on, type Module } from '@lightpress/kernel'
import { z } from 'zod'
import { receiver as receiverContract, sender as senderContract, sent } from './contracts.ts'
import { note } from './receiver/schema.ts'

/** Milliseconds since the epoch, the same in every process of the machine and finer than Date's. */
export function now(): number {
  return performance.timeOrigin + performance.now()
}

/** When each event took effect in this process, by its id. */
export const effects = new Map<string, number>()

const sender = defineModule({
  contract: senderContract,
  needs: { receiver: receiverContract },
  config: z.object({}),
  migrations: new URL('sender/migrations', import.meta.url),
  data: { holdings: [] },
  publishes: [sent],
  handlers: {
    async callReceiver({ times }, { calls }) {
      const start = performance.now()
      for (let at = 0; at < times; at++) await calls.receiver.echo({ text: 'hello' })
      return { microseconds: ((performance.now() - start) / times) * 1_000 }
    },
  },
})

const receiver = defineModule({
  contract: receiverContract,
  needs: {},
  config: z.object({}),
  migrations: new URL('receiver/migrations', import.meta.url),
  data: { holdings: [] },
  handlers: {
    echo: async (input) => input,
    whoAsks: async (_input, { caller }) => ({ userId: caller.identity?.userId ?? null }),
  },
  listeners: [
    on(sent, {
      async handle({ id, payload }, { tx }) {
        await tx.insert(note).values({ id, text: payload.note })
        afterCommit(tx, 'the effect', () => effects.set(id, now()))
      },
    }),
  ],
})

export const modules: Record<string, Module> = { sender, receiver }

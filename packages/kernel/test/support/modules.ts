import { AppError, type ErrorCode } from '@lightpress/protocol'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import {
  callerIdOf,
  defineModule,
  on,
  once,
  organizationOf,
  publish,
  type Module,
  type ModuleContext,
} from '../../src/index.ts'
import { happened, ping as pingContract, pong as pongContract } from './contracts.ts'
import { counter } from './ping/schema.ts'
import { effect } from './pong/schema.ts'

const needs = { pong: pongContract }
export type PingContext = ModuleContext<typeof needs>

export const ping: Module = defineModule({
  contract: pingContract,
  needs,
  config: z.object({}),
  migrations: new URL('./ping/migrations', import.meta.url),
  data: { holdings: [], impersonal: [{ table: counter, because: 'It counts.' }] },
  publishes: [happened],
  handlers: {
    relayEcho: (input, ctx) => ctx.calls.pong.echo(input),
    relayRefusal: (input, ctx) => ctx.calls.pong.refuse(input),
    relaySlow: (input, ctx) => ctx.calls.pong.dawdle(input),
    takeLonger: async (_input, ctx) => ctx.nextStep().calls.pong.echo({ text: 'x' }),
    callInTransaction: (_input, ctx) => ctx.withTx(() => ctx.calls.pong.echo({ text: 'x' })),
    happen: async ({ note, abort }, ctx) => {
      const id = await ctx.withTx(async (tx) => {
        const event = await publish(tx, happened, { note })
        if (abort) throw new AppError('conflict', 'ping.aborted', 'Aborted.')
        return event
      })
      return { id }
    },
    repeatable: (input, ctx) =>
      ctx.withTx((tx) =>
        once(
          tx,
          {
            operation: 'repeatable',
            input,
            effect: async () => {
              const [row] = await tx
                .insert(counter)
                .values({ name: input.text, count: 1 })
                .onConflictDoUpdate({ target: counter.name, set: { count: sql`${counter.count} + 1` } })
                .returning()
              return { count: row?.count ?? 0 }
            },
          },
          ctx,
        ),
      ),
    whoAmI: async (_input, ctx) => ({ userId: ctx.caller.identity?.userId ?? '' }),
    forOwners: async () => ({ text: 'secret' }),
    relayGuarded: ({ operation }, ctx) => ctx.calls.pong[operation]({}),
    surprise: async () => {
      // As the client of another service says what that service refused.
      throw Object.assign(new Error('the password is hunter2'), { code: 'resource_missing', statusCode: 400 })
    },
    tooMuch: async () => ({ text: 'yes', internal: 'hunter2' }),
    list: async (input) => input,
    stream: async (http, ctx: PingContext) => {
      const stream = ctx.openStream(http)
      stream.send({ event: 'hello', data: { last: stream.lastEventId }, id: '7' })
      return undefined
    },
    bytes: async ({ request }) => ({ length: (request.body as Buffer).length }),
  },
})

async function whoItIs(_input: object, ctx: ModuleContext) {
  return { organizationId: organizationOf(ctx), caller: callerIdOf(ctx) }
}

let attempts = 0
let healed = false

/** From now on what was poison only for a while is not any more. */
export function heal() {
  healed = true
}

const numbers = new Map<string, number>()
const timesAsked = new Map<string, number>()

export const pong: Module = defineModule({
  contract: pongContract,
  needs: {},
  config: z.object({}),
  migrations: new URL('./pong/migrations', import.meta.url),
  data: { holdings: [], impersonal: [{ table: effect, because: 'A note is nobody’s.' }] },
  listeners: [
    on(happened, {
      async handle({ id, payload: { note } }, { tx }) {
        attempts++
        if (note === 'poison' || (note === 'poison that heals' && !healed)) throw new Error('I never could')
        await tx.insert(effect).values({ id, note })
      },
    }),
  ],
  handlers: {
    echo: async ({ text }, ctx) => ({ text, caller: ctx.caller.service ?? 'outside' }),
    refuse: async ({ code }) => {
      if (code === 'surprise') throw new Error('the password is hunter2')
      throw new AppError(code as ErrorCode, 'pong.no', 'No.', {
        errors: [{ path: 'code', message: 'is a refusal' }],
        retryAfter: 3,
      })
    },
    dawdle: async ({ ms }, ctx) => {
      await new Promise((resolve) => {
        setTimeout(resolve, ms)
        ctx.signal.addEventListener('abort', resolve)
      })
      return { text: ctx.signal.aborted ? 'told to stop' : 'done' }
    },
    readNumber: async ({ name }) => {
      const asked = (timesAsked.get(name) ?? 0) + 1
      timesAsked.set(name, asked)
      return { value: numbers.get(name) ?? 0, asked }
    },
    writeNumber: async ({ name, value, abort }, ctx) => {
      await ctx.withTx(async (tx) => {
        ctx.invalidate(tx, 'readNumber', { name })
        if (abort) throw new AppError('conflict', 'pong.no', 'No.')
        numbers.set(name, value)
      })
      return {}
    },
    forKeys: whoItIs,
    forThemself: whoItIs,
    forProved: whoItIs,
    effects: async (_input, ctx) => {
      const rows = await ctx.db.select().from(effect)
      return { notes: rows.map(({ note }) => note), attempts }
    },
  },
})

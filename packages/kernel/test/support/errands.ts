import { command, defineContract, defineEvent } from '@lightpress/protocol'
import { z } from 'zod'
import { defineJob, defineModule, enqueue, identityOf, on, publish, type ModuleContext } from '../../src/index.ts'
import { counter } from './ping/schema.ts'
import { effect } from './pong/schema.ts'

// Two modules between which something goes to and fro: a request to ping calls pong, which publishes an event, of which
// ping makes a job, which publishes an event again, which pong takes.

const Errand = z.object({ note: z.string() })

export const pingContract = defineContract('ping', {
  begin: command({ path: '/v1/ping/errands', access: 'user', summary: '', input: Errand, output: z.object({}) }),
})
export const pongContract = defineContract('pong', {
  follow: command({ access: 'service', summary: '', input: Errand, output: z.object({}) }),
})

const followed = defineEvent(
  'pong.errand.followed.v1',
  Errand.extend({ userId: z.uuid(), organizationId: z.uuid().nullable() }),
  { listeners: ['ping'] },
)
const ended = defineEvent('ping.errand.ended.v1', Errand, { listeners: ['pong', 'ping'] })

/** What pong took, and what it does not take for now. */
export const taken: string[] = []
export const poison = new Set<string>()

const run = defineJob('run-errand', Errand, async ({ note }, ctx: ModuleContext) => {
  await ctx.withTx((tx) => publish(tx, ended, { note }))
})

const needs = { pong: pongContract }

export const ping = defineModule({
  contract: pingContract,
  needs,
  config: z.object({}),
  migrations: new URL('./ping/migrations', import.meta.url),
  data: { holdings: [], impersonal: [{ table: counter, because: 'It counts.' }] },
  publishes: [ended],
  listeners: [
    on(followed, {
      handle: async ({ payload: { note } }, { tx }) => void (await enqueue(tx, run, { payload: { note } })),
    }),
    on(ended, { handle: async () => undefined }),
  ],
  jobs: [run],
  schedules: [
    {
      name: 'every-second',
      cron: '* * * * * *',
      run: async ({ withTx }) => void (await withTx((tx) => publish(tx, ended, { note: 'by the clock' }))),
    },
  ],
  handlers: { begin: (input, ctx: ModuleContext<typeof needs>) => ctx.calls.pong.follow(input) },
  trail: async (about) => {
    if (about.kind !== 'request' || about.id !== 'told-by-the-module') return []
    const whom = { userId: null, organizationId: null, actorId: null, operation: null, causeId: null }
    const what = {
      module: 'ping',
      kind: 'audit',
      type: 'thing_done',
      state: 'done',
      listener: null,
      error: null,
    } as const
    return [{ id: 'a', at: '2026-01-01T00:00:00Z', requestId: about.id, details: {}, ...what, ...whom }]
  },
})

export const pong = defineModule({
  contract: pongContract,
  needs: {},
  config: z.object({}),
  migrations: new URL('./pong/migrations', import.meta.url),
  data: { holdings: [], impersonal: [{ table: effect, because: 'A note is nobody’s.' }] },
  listeners: [
    on(ended, {
      async handle({ payload: { note } }) {
        if (poison.has(note)) throw new Error('I never could')
        taken.push(note)
      },
    }),
  ],
  handlers: {
    follow: async ({ note }, ctx) => {
      const { userId, organizationId } = identityOf(ctx)
      await ctx.withTx((tx) => publish(tx, followed, { note, userId, organizationId }))
      return {}
    },
  },
})

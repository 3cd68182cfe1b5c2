import { command, defineContract, defineEvent, query, raw } from '@lightpress/protocol'
import { z } from 'zod'

const text = z.object({ text: z.string() })
/** Whom a module takes somebody for. */
const who = z.object({ organizationId: z.string(), caller: z.string() })

/** Two small modules that do to each other everything that modules do. */
export const ping = defineContract(
  'ping',
  {
    relayEcho: query({
      path: '/v1/ping/echo',
      access: 'public',
      summary: '',
      input: text,
      output: text.extend({ caller: z.string() }),
    }),
    relayRefusal: query({
      path: '/v1/ping/refusal',
      access: 'public',
      summary: '',
      input: z.object({ code: z.string() }),
      output: text,
    }),
    relaySlow: query({
      path: '/v1/ping/slow',
      access: 'public',
      summary: '',
      input: z.object({ ms: z.number() }),
      output: text,
    }),
    takeLonger: command({
      path: '/v1/ping/longer',
      access: 'public',
      summary: '',
      input: z.object({}),
      output: text,
    }),
    callInTransaction: command({
      path: '/v1/ping/in-transaction',
      access: 'public',
      summary: '',
      input: z.object({}),
      output: text,
    }),
    happen: command({
      path: '/v1/ping/happen',
      access: 'public',
      summary: '',
      status: 202,
      input: z.object({ note: z.string(), abort: z.boolean().default(false) }),
      output: z.object({ id: z.string() }),
    }),
    repeatable: command({
      path: '/v1/ping/repeatable',
      access: 'public',
      summary: '',
      input: text,
      output: z.object({ count: z.number() }),
    }),
    whoAmI: query({
      path: '/v1/ping/me',
      access: 'user',
      summary: '',
      input: z.object({}),
      output: z.object({ userId: z.string() }),
    }),
    forOwners: query({ path: '/v1/ping/owners', access: 'owner', summary: '', input: z.object({}), output: text }),
    relayGuarded: query({
      path: '/v1/ping/guarded',
      access: 'public',
      summary: '',
      input: z.object({ operation: z.enum(['forKeys', 'forThemself', 'forProved']) }),
      output: who,
    }),
    surprise: query({ path: '/v1/ping/surprise', access: 'public', summary: '', input: z.object({}), output: text }),
    tooMuch: query({ path: '/v1/ping/too-much', access: 'public', summary: '', input: z.object({}), output: text }),
    list: query({
      path: '/v1/ping/list/:id',
      access: 'public',
      summary: '',
      input: z.object({
        id: z.string(),
        limit: z.number().int().default(5),
        deep: z.boolean().default(false),
        tag: z.array(z.string()).default([]),
      }),
      output: z.object({ id: z.string(), limit: z.number(), deep: z.boolean(), tag: z.array(z.string()) }),
    }),
    stream: raw({ method: 'GET', path: '/v1/ping/stream', access: 'user', summary: '', produces: 'text/event-stream' }),
    bytes: raw({
      method: 'POST',
      path: '/v1/ping/bytes',
      access: 'signed',
      summary: '',
      bytes: true,
      output: z.object({ length: z.number() }),
    }),
  },
  { reasons: ['ping.aborted'] },
)

export const pong = defineContract(
  'pong',
  {
    echo: query({ access: 'service', summary: '', input: text, output: text.extend({ caller: z.string() }) }),
    refuse: query({ access: 'service', summary: '', input: z.object({ code: z.string() }), output: text }),
    dawdle: query({ access: 'service', summary: '', input: z.object({ ms: z.number() }), output: text }),
    readNumber: query({
      access: 'service',
      summary: '',
      cacheSeconds: 30,
      input: z.object({ name: z.string() }),
      output: z.object({ value: z.number(), asked: z.number() }),
    }),
    writeNumber: command({
      access: 'service',
      summary: '',
      input: z.object({ name: z.string(), value: z.number(), abort: z.boolean().default(false) }),
      output: z.object({}),
    }),
    effects: query({
      access: 'service',
      summary: '',
      input: z.object({}),
      output: z.object({ notes: z.array(z.string()), attempts: z.number() }),
    }),
    forKeys: query({
      path: '/v1/pong/keys',
      access: 'admin',
      scope: 'pong:read',
      summary: '',
      input: z.object({}),
      output: who,
    }),
    forThemself: query({
      path: '/v1/pong/themself',
      access: 'member',
      assurance: 'self',
      summary: '',
      input: z.object({}),
      output: who,
    }),
    forProved: query({
      path: '/v1/pong/proved',
      access: 'member',
      assurance: 'recent',
      summary: '',
      input: z.object({}),
      output: who,
    }),
  },
  { reasons: ['pong.no'] },
)

export const happened = defineEvent('ping.thing.happened.v1', z.object({ note: z.string() }), { listeners: ['pong'] })

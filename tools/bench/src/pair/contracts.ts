import { defineContract, defineEvent, query } from '@lightpress/protocol'
import { z } from 'zod'

// Two modules as small as modules can be: what is measured is what lies between them.

export const sender = defineContract('sender', {
  callReceiver: query({
    access: 'service',
    summary: 'Calls the receiver, one call after the other, and tells how long one took.',
    input: z.object({ times: z.number().int() }),
    output: z.object({ microseconds: z.number() }),
  }),
})

export const receiver = defineContract('receiver', {
  echo: query({
    access: 'service',
    summary: 'Says it back.',
    input: z.object({ text: z.string() }),
    output: z.object({ text: z.string() }),
  }),
  whoAsks: query({
    path: '/v1/receiver/who-asks',
    access: 'public',
    summary: 'Does nothing but read who is calling.',
    input: z.object({}),
    output: z.object({ userId: z.string().nullable() }),
  }),
})

export const sent = defineEvent('sender.note.sent.v1', z.object({ note: z.string() }), { listeners: ['receiver'] })

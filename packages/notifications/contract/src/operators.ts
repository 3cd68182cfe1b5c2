import { command, DeadLetter, OutboxState, Page, pageOf, query, QueueState, TrailItem } from '@lightpress/protocol'
import { z } from 'zod'
import { Category } from './shapes.ts'

/** An e-mail in the delivery log. Where it went is forgotten after 30 days, and with the person. */
export const MailRecord = z.object({
  id: z.uuid(),
  template: z.string(),
  /** Null for digests, which are of several, and for what was asked for: links, invitations, receipts of erasure. */
  category: Category.nullable(),
  userId: z.uuid().nullable(),
  organizationId: z.uuid().nullable(),
  recipient: z.string().nullable(),
  /**
   * `suppressed`: its reader switched its category off, nobody to write to any more, or an address that bounced or complained;
   * `error` says which.
   */
  status: z.enum(['pending', 'sent', 'failed', 'suppressed']),
  /** What the provider said after it took the message. */
  outcome: z.enum(['delivered', 'bounced', 'complained']).nullable(),
  attempts: z.number().int(),
  /** Why it was not sent, or not yet: our words or the provider's. */
  error: z.string().nullable(),
  /** Why it was written, and the request or schedule that began it. */
  eventId: z.uuid(),
  requestId: z.string().nullable(),
  createdAt: z.iso.datetime(),
  /** Quiet hours end then; null for what goes at once. */
  notBefore: z.iso.datetime().nullable(),
  sentAt: z.iso.datetime().nullable(),
})
export type MailRecord = z.infer<typeof MailRecord>

export const Suppression = z.object({
  id: z.uuid(),
  address: z.string(),
  reason: z.enum(['bounced', 'complained']),
  /** The provider's words. */
  detail: z.string(),
  createdAt: z.iso.datetime(),
})
export type Suppression = z.infer<typeof Suppression>

/** What operators see of it: what was sent, why, and what waits or is dead. */
export const operatorOperations = {
  adminListMessages: query({
    path: '/v1/admin/messages',
    access: 'platform',
    summary: 'The delivery log of e-mail, newest first.',
    input: Page.extend({
      status: MailRecord.shape.status.optional(),
      template: z.string().max(50).optional(),
      userId: z.uuid().optional(),
      organizationId: z.uuid().optional(),
      /** The whole address. */
      recipient: z.email().max(320).optional(),
    }),
    output: pageOf(MailRecord),
  }),
  adminListSuppressions: query({
    path: '/v1/admin/suppressions',
    access: 'platform',
    summary: 'The addresses to which nothing is sent, newest first.',
    input: Page.extend({ address: z.string().max(320).optional() }),
    output: pageOf(Suppression),
  }),
  adminLiftSuppression: command({
    method: 'DELETE',
    path: '/v1/admin/suppressions/:id',
    access: 'platform',
    assurance: 'self',
    summary: 'Sends to an address again. What was suppressed meanwhile is not sent.',
    input: z.object({ id: z.uuid() }),
    output: z.object({}),
  }),
  adminReadTimeline: query({
    path: '/v1/admin/timeline',
    access: 'platform',
    summary:
      'What happened to a person or an organisation, or came of a request, newest first: from the request to the e-mail.',
    input: Page.extend({
      userId: z.uuid().optional(),
      organizationId: z.uuid().optional(),
      requestId: z.string().max(100).optional(),
    }),
    output: pageOf(TrailItem).extend({
      /** The modules that could not be asked just now: what they know is missing. */
      missing: z.array(z.string()),
    }),
  }),
  adminListQueues: query({
    path: '/v1/admin/queues',
    access: 'platform',
    summary: 'What waits, in every module: how much, since when, and what is dead.',
    input: z.object({}),
    output: z.object({
      items: z.array(QueueState.extend({ module: z.string() })),
      missing: z.array(z.string()),
    }),
  }),
  adminListDeadLetters: query({
    path: '/v1/admin/dead-letters',
    access: 'platform',
    summary: 'Events and jobs that failed for good, of one module, newest first.',
    input: Page.extend({ module: z.string().max(50) }),
    output: pageOf(DeadLetter),
  }),
  adminReadLetterStates: query({
    path: '/v1/admin/dead-letters/states',
    access: 'platform',
    summary: 'What has become of letters of a module that were sent again, with each of their listeners.',
    input: z.object({ module: z.string().max(50), ids: z.array(z.uuid()).min(1).max(100) }),
    output: z.object({ items: z.array(OutboxState) }),
  }),
  adminReplayDeadLetters: command({
    path: '/v1/admin/dead-letters/replay',
    access: 'platform',
    assurance: 'self',
    summary: 'Sends dead letters of a module again, some or all, with ten new attempts each.',
    input: z.object({
      module: z.string().max(50),
      /** All of them where none is named. */
      letters: z
        .array(z.object({ id: z.uuid(), listener: z.string().max(50) }))
        .max(100)
        .optional(),
    }),
    output: z.object({ count: z.number().int() }),
  }),
}

export const operatorReasons = [
  'notifications.suppression_not_found',
  'notifications.module_unknown',
  'notifications.timeline_of_nobody',
] as const

import type {
  invoicePaid,
  invoicePaymentFailed,
  Money,
  subscriptionChanged,
  trialEnding,
} from '@lightpress/billing-contract'
import type { WebhookEventType } from '@lightpress/notifications-contract'
import type { Payload } from '@lightpress/protocol'
import type { membershipChanged } from '@lightpress/users-contract'

// What customers' programs are told, made of our events. Pure. Ids, facts and amounts as in our API: names and addresses of
// people are asked for there by whoever may know them. `docs/webhooks.md` promises these shapes: fields may be added.

type Membership = Payload<typeof membershipChanged>
type Subscription = Payload<typeof subscriptionChanged>
type Trial = Payload<typeof trialEnding>
type Paid = Payload<typeof invoicePaid>
type Failed = Payload<typeof invoicePaymentFailed>

interface MemberData {
  organizationId: string
  userId: string
  /** Null for whoever is not in it any more. */
  role: Membership['role']
  /** Who did it; null for us. */
  actorId: string | null
}

interface InvoiceData {
  organizationId: string
  invoiceId: string
  number: string | null
  planId: Paid['planId']
}

/** The `data` of each type. */
export interface WebhookData {
  'member.joined': MemberData
  'member.left': MemberData
  'member.removed': MemberData
  'member.role_changed': MemberData
  'subscription.changed': Omit<Subscription, 'entitledPlanId'> & { entitledPlanId: Subscription['planId'] }
  'subscription.trial_ending': Trial
  'invoice.paid': InvoiceData & { total: Money; paidAt: string }
  'invoice.payment_failed': InvoiceData & {
    amountDue: Money
    attempt: number
    nextAttemptAt: string | null
    graceEndsAt: string
  }
}

/** A type without data, or data without a type, does not compile. */
export type WebhookEvent = { [T in WebhookEventType]: { type: T; data: WebhookData[T] } }[WebhookEventType]

const memberTypes = {
  joined: 'member.joined',
  left: 'member.left',
  removed: 'member.removed',
  role: 'member.role_changed',
  ownership: 'member.role_changed',
} as const satisfies Record<Membership['change'], WebhookEventType>

export function memberWebhook({ organizationId, userId, change, role, actorId }: Membership): WebhookEvent {
  return { type: memberTypes[change], data: { organizationId, userId, role, actorId } }
}

export function subscriptionWebhook(payload: Subscription): WebhookEvent {
  const { organizationId, planId, status, seats, entitledPlanId = planId } = payload
  return { type: 'subscription.changed', data: { organizationId, planId, status, seats, entitledPlanId } }
}

export function trialWebhook({ organizationId, planId, trialEndsAt, hasPaymentMethod }: Trial): WebhookEvent {
  return { type: 'subscription.trial_ending', data: { organizationId, planId, trialEndsAt, hasPaymentMethod } }
}

export function invoicePaidWebhook({ organizationId, invoiceId, number, planId, total, paidAt }: Paid): WebhookEvent {
  return { type: 'invoice.paid', data: { organizationId, invoiceId, number, planId, total, paidAt } }
}

export function paymentFailedWebhook(payload: Failed): WebhookEvent {
  const { organizationId, invoiceId, number, planId, amountDue, attempt, nextAttemptAt, graceEndsAt } = payload
  const data = { organizationId, invoiceId, number, planId, amountDue, attempt, nextAttemptAt, graceEndsAt }
  return { type: 'invoice.payment_failed', data }
}

/** Standard Webhooks. `timestamp`: when it happened. */
export function webhookBody({ type, at, data }: { type: string; at: Date; data: object }): string {
  return JSON.stringify({ type, timestamp: at.toISOString(), data })
}

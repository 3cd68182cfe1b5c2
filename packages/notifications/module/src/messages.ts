import { causeOf, enqueue, newId, type Tx } from '@lightpress/kernel'
import { Money, PlanId } from '@lightpress/billing-contract'
import type { Category } from '@lightpress/notifications-contract'
import { Locale } from '@lightpress/users-contract'
import { z } from 'zod'
import { deliveryOf } from './deliver.ts'
import { message } from './schema.ts'
import { unsent } from './settle.ts'

/** What a receipt says that only the event knows. */
export const ReceiptData = z.object({
  number: z.string().nullable(),
  planId: PlanId.nullable(),
  total: Money,
  paidAt: z.iso.datetime(),
})
export type ReceiptData = z.infer<typeof ReceiptData>

/** What a failed payment says that only the event knows. Where it can be paid is not kept: `/billing` leads on. */
export const PaymentFailedData = z.object({
  number: z.string().nullable(),
  planId: PlanId.nullable(),
  amountDue: Money,
  attempt: z.number().int(),
  nextAttemptAt: z.iso.datetime().nullable(),
  graceEndsAt: z.iso.datetime(),
})
export type PaymentFailedData = z.infer<typeof PaymentFailedData>

export const PlanPausedData = z.object({ planId: PlanId })
export type PlanPausedData = z.infer<typeof PlanPausedData>

export const TrialEndingData = z.object({
  planId: PlanId,
  trialEndsAt: z.iso.datetime(),
  hasPaymentMethod: z.boolean(),
})
export type TrialEndingData = z.infer<typeof TrialEndingData>

// What auth is asked about when the mail is written.
export const PasswordResetData = z.object({ passwordResetId: z.uuid() })
export const EmailChangeData = z.object({ emailChangeId: z.uuid() })
export const MagicLinkData = z.object({ ticketId: z.uuid() })
/** `purpose`: which of its two mails; the other may not be sent in its place. */
export const RecoveryData = z.object({ recoveryId: z.uuid(), purpose: z.enum(['requested', 'due']) })
export const SecurityAlertData = z.object({ auditEntryId: z.uuid() })

// What users is asked about then.
export const InvitationData = z.object({ invitationId: z.uuid() })
export const ExportReadyData = z.object({ exportId: z.uuid() })
export const ErasureReceiptData = z.object({ erasureId: z.uuid() })

/** What a notice says, in the language that its reader had then. */
export const NoticeData = z.object({
  title: z.string(),
  body: z.string(),
  link: z.string().nullable(),
  locale: Locale,
})
export type NoticeData = z.infer<typeof NoticeData>

export const DigestData = z.object({ digestId: z.uuid() })

export type MessageData =
  | ReceiptData
  | PaymentFailedData
  | PlanPausedData
  | TrialEndingData
  | z.infer<typeof PasswordResetData>
  | z.infer<typeof EmailChangeData>
  | z.infer<typeof MagicLinkData>
  | z.infer<typeof RecoveryData>
  | z.infer<typeof SecurityAlertData>
  | z.infer<typeof InvitationData>
  | z.infer<typeof ExportReadyData>
  | z.infer<typeof ErasureReceiptData>
  | NoticeData
  | z.infer<typeof DigestData>
  | Record<string, never>

export type NewMessage = { eventId: string } & (
  | { template: 'registration'; registrationId: string }
  | { template: 'password_reset'; data: z.infer<typeof PasswordResetData> }
  | { template: 'magic_link'; data: z.infer<typeof MagicLinkData> }
  | { template: 'recovery'; data: z.infer<typeof RecoveryData> }
  | { template: 'email_change_old' | 'email_change_new'; data: z.infer<typeof EmailChangeData> }
  | { template: 'invitation'; data: z.infer<typeof InvitationData> }
  | { template: 'export_ready'; data: z.infer<typeof ExportReadyData> }
  | { template: 'erasure_receipt'; data: z.infer<typeof ErasureReceiptData> }
  | { template: 'digest'; userId: string; data: z.infer<typeof DigestData> }
  | ({ userId: string; category: Category } & Partial<Record<'organizationId' | 'aboutUserId', string | undefined>> &
      NoticeMessage)
)

type NewNotice = Extract<NewMessage, { category: Category }>

/** The mail of a notice: one of its own, or the notice itself as a mail. */
export type NoticeMessage = OwnMessage | { template: 'notice'; data: NoticeData }

export type OwnMessage =
  | { template: 'security_alert'; data: z.infer<typeof SecurityAlertData> }
  | { template: 'receipt'; data: ReceiptData }
  | { template: 'payment_failed'; data: PaymentFailedData }
  | { template: 'plan_paused'; data: PlanPausedData }
  | { template: 'trial_ending'; data: TrialEndingData }

/**
 * Promises an e-mail together with the transaction: a row of the delivery log, and the job that sends it. `notBefore`: when
 * quiet hours end.
 */
export async function queueMessage(
  tx: Tx,
  values: NewMessage,
  { notBefore = null }: { notBefore?: Date | null } = {},
): Promise<void> {
  const id = newId()
  await tx.insert(message).values({ data: {}, ...values, id, notBefore, requestId: causeOf(tx).requestId })
  const delay = notBefore === null ? 0 : notBefore.getTime() - Date.now()
  await enqueue(tx, deliveryOf[values.template], { payload: { messageId: id }, delay })
}

/** That its reader chose not to get a mail, so that an operator can say why none came. What it would say is not kept. */
export async function logUnsent(tx: Tx, notice: NewNotice): Promise<void> {
  const why = { status: 'suppressed' as const, error: unsent.switchedOff, requestId: causeOf(tx).requestId }
  await tx.insert(message).values({ ...notice, id: newId(), data: {}, aboutUserId: null, ...why })
}

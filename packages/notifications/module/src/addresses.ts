import { identityOf } from '@lightpress/kernel'
import type { notifications, Preferences } from '@lightpress/notifications-contract'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import type { NotificationsContext } from './context.ts'
import { getPreferences } from './preferences.ts'
import { findSuppression, isComplaint, lift, type Suppressed } from './suppressions.ts'

type Ops = (typeof notifications)['operations']

/** Why nothing is sent to the address that a person has now, where that is so. Another address is not touched by it. */
export async function readSuppression(
  { userId }: { userId: string },
  ctx: Pick<NotificationsContext, 'calls' | 'db'>,
): Promise<Preferences['suppressed']> {
  const found = await findOf(userId, ctx)
  return found ? { reason: found.reason, at: found.createdAt.toISOString() } : null
}

/** A mailbox can be mended, and its owner says so. Whoever called our mail spam is not taken at one click's word. */
export async function restoreAddress(
  _input: Input<Ops['restoreAddress']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['restoreAddress']>> {
  const found = await findOf(identityOf(ctx).userId, ctx)
  if (found && (await isComplaint(found, ctx))) {
    throw new AppError(
      'conflict',
      'notifications.address_complained',
      'Mail to your address was reported as spam. Write to support to get mail again.',
    )
  }
  if (found) await lift(found, ctx)
  return getPreferences({}, ctx)
}

async function findOf(
  userId: string,
  { calls, db }: Pick<NotificationsContext, 'calls' | 'db'>,
): Promise<Suppressed | undefined> {
  const { email } = await calls.auth.readEmail({ userId })
  return email === null ? undefined : findSuppression(email, db)
}

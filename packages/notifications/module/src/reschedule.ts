import type { Tx } from '@lightpress/kernel'
import { readChoices } from './choices.ts'
import { moveWindow } from './digest-windows.ts'
import { reconsiderWaiting } from './quiet-hours.ts'
import type { Recipient } from './recipients.ts'

/** What waits for a time of day goes by what that is now: a person chose another, or is in another zone. */
export async function reschedule(tx: Tx, { id: userId, timeZone }: Pick<Recipient, 'id' | 'timeZone'>): Promise<void> {
  const choices = await readChoices(tx, [userId])
  await moveWindow(tx, { userId, plan: choices(userId).digest, timeZone })
  await reconsiderWaiting(tx, userId)
}

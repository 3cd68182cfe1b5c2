import type { Tx } from '@lightpress/kernel'
import { readChoices } from './choices.ts'
import { moveWindow } from './digest-windows.ts'
import { holdPerson } from './hold-person.ts'
import { sendSooner } from './quiet-hours.ts'
import type { Recipient } from './recipients.ts'

/** What waits for a time of day goes by what that is now: a person chose another, or is in another zone. */
export async function reschedule(tx: Tx, { id: userId, timeZone }: Pick<Recipient, 'id' | 'timeZone'>): Promise<void> {
  await holdPerson(tx, userId)
  const { digest, quietHours } = (await readChoices(tx, [userId]))(userId)
  await moveWindow(tx, { userId, plan: digest, timeZone })
  await sendSooner(tx, { userId, quietHours, timeZone })
}

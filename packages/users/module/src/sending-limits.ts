import { identityOf, newId, secondsUntilFree, type Rate, type Tx } from '@lightpress/kernel'
import { AppError } from '@lightpress/protocol'
import { eq, lt, sql } from 'drizzle-orm'
import type { UsersContext } from './context.ts'
import { sending } from './schema.ts'

// Mails go to strangers, with names in them that the sender chose, so they are counted where nobody who deletes an
// organisation, an invitation or an account has them forgotten.

const HOUR = 60 * 60
const DAY = 24 * HOUR

export const sendings = {
  /** Of one organisation. Whoever has two hundred colleagues to invite goes on tomorrow. */
  organization: { most: 200, within: DAY },
  /** By one person, in all organisations together: whoever makes one after the other sends no more than in one. */
  inviter: { most: 200, within: DAY },
  /** To one address, of one organisation. */
  address: { most: 5, within: HOUR },
  /** To one address, of all together: whoever makes organisations for it does not fill a stranger's mailbox either. */
  addressOfAll: { most: 30, within: HOUR },
} satisfies Record<string, Rate>

type Name = keyof typeof sendings
const names = Object.keys(sendings) as Name[]

interface Sending {
  organizationId: string
  emailKey: string
}

/** Counts a mail that the caller asks for, or refuses it where it would be one too many. */
export async function countSending(tx: Tx, about: Sending, ctx: UsersContext): Promise<void> {
  const keys = sendingKeys({ ...about, inviterId: identityOf(ctx).userId }, ctx)
  // Counted one after the other; in one order everywhere, so that nobody waits for each other.
  for (const key of Object.values(keys).sort())
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`users.sending ${key}`}, 0))`)
  let wait = 0
  let who = ''
  for (const name of names) {
    const counted = { table: sending, at: sending.at, which: eq(sending.key, keys[name]) }
    const seconds = await secondsUntilFree(tx, counted, sendings[name])
    if (seconds <= wait) continue
    wait = seconds
    who = senders[name]
  }
  if (wait > 0) throw tooMany(who, wait)
  await tx.insert(sending).values(names.map((name) => ({ id: newId(), key: keys[name] })))
}

/** Under which a mail is counted: these lead to nobody. */
export function sendingKeys(
  { organizationId, emailKey, inviterId }: Sending & { inviterId: string },
  { sendingKey }: UsersContext,
): Record<Name, string> {
  return {
    organization: sendingKey.mac(`organization ${organizationId}`),
    inviter: sendingKey.mac(`inviter ${inviterId}`),
    address: sendingKey.mac(`address ${emailKey} of ${organizationId}`),
    addressOfAll: sendingKey.mac(`address ${emailKey}`),
  }
}

/** None is counted for longer than a day. */
export async function sweepSendings({ db }: UsersContext): Promise<void> {
  await db.delete(sending).where(lt(sending.at, sql`now() - ${DAY}::int * interval '1 second'`))
}

const senders: Record<Name, string> = {
  organization: 'This organisation has sent',
  inviter: 'You have sent',
  address: 'This address was sent',
  addressOfAll: 'This address was sent',
}

function tooMany(who: string, retryAfter: number): AppError {
  const message = `${who} as many invitations as may be for now. Those that were sent stay good; try again later.`
  return new AppError('limited', 'users.too_many_invitations', message, { retryAfter })
}

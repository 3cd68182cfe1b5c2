import { identityOf, newId, secondsUntilFree } from '@lightpress/kernel'
import { AppError } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
import type { UsersContext } from '../context.ts'
import { holdPerson } from '../people.ts'
import { sending } from '../schema.ts'

/** Pictures that somebody may have unpacked, good ones and others: a few kilobytes of them can take seconds. */
export const PICTURES = { most: 30, within: 60 * 60 }

/** Counts a picture of the caller's, in whichever process it came, or refuses it where it would be one too many. */
export async function countPicture(ctx: UsersContext): Promise<void> {
  const { userId } = identityOf(ctx)
  const key = ctx.sendingKey.mac(`picture ${userId}`)
  await ctx.withTx(async (tx) => {
    await holdPerson(tx, userId)
    const wait = await secondsUntilFree(tx, { table: sending, at: sending.at, which: eq(sending.key, key) }, PICTURES)
    if (wait > 0) throw tooMany(wait)
    await tx.insert(sending).values({ id: newId(), key })
  })
}

function tooMany(retryAfter: number): AppError {
  const message = 'You have sent as many pictures as may be for now. Try again later.'
  return new AppError('limited', 'users.too_many_uploads', message, { retryAfter })
}

import { emailChanged } from '@lightpress/auth-contract'
import { defineJob, enqueue, on, type Tx } from '@lightpress/kernel'
import { emailKey } from '@lightpress/protocol'
import { asc, eq, or } from 'drizzle-orm'
import { z } from 'zod'
import type { UsersContext } from './context.ts'
import { person } from './schema.ts'

export const onEmailChanged = on(emailChanged, {
  async handle({ payload: { userId } }, { tx }, _ctx: UsersContext) {
    await enqueue(tx, copyEmail, { payload: { userId } })
  },
})

/**
 * Brings the copy of a person's address in line with auth's. It is read again after it was written, until it is what
 * was written: of several copies at the same moment, the one that writes last has then seen the latest.
 */
export const copyEmail = defineJob(
  'copy-email',
  z.object({ userId: z.uuid() }),
  async ({ userId }, ctx: UsersContext) => {
    const read = async () => (await ctx.calls.auth.readEmail({ userId })).email
    let written: string | null = null
    for (let email = await read(); email !== null && email !== written; email = await read()) {
      const copy = { userId, email }
      await ctx.withTx((tx) => writeCopy(tx, copy))
      written = email
    }
  },
  { untilDone: true },
)

/**
 * In auth an address is one person's at any time, so whoever else has it here has an old copy: they let go of it and
 * are copied anew. That is how two people who swap their addresses, or more in a ring, do not wait for each other.
 */
async function writeCopy(tx: Tx, { userId, email }: { userId: string; email: string }): Promise<void> {
  const key = emailKey(email)
  const rows = await tx
    .select({ id: person.id })
    .from(person)
    .where(or(eq(person.id, userId), eq(person.emailKey, key)))
    // In one order everywhere, so that two copies for the same people cannot wait for each other.
    .orderBy(asc(person.id))
    .for('update')
  if (!rows.some(({ id }) => id === userId)) return
  for (const { id } of rows.filter(({ id }) => id !== userId)) {
    await tx.update(person).set({ emailKey: id }).where(eq(person.id, id))
    await enqueue(tx, copyEmail, { payload: { userId: id } })
  }
  await tx.update(person).set({ email, emailKey: key }).where(eq(person.id, userId))
}

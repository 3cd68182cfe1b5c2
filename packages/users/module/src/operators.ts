import { ConfigError, publish, type Command } from '@lightpress/kernel'
import { EmailAddress, emailKey } from '@lightpress/protocol'
import { accessChanged } from '@lightpress/users-contract'
import { and, eq } from 'drizzle-orm'
import type { UsersContext } from './context.ts'
import { person } from './schema.ts'

export const promote = defineCommand('users promote', {
  summary: 'Makes the person with this address an operator.',
  operator: true,
})

export const demote = defineCommand('users demote', {
  summary: 'Makes the operator with this address a person like any other.',
  operator: false,
})

/** By hand only: no operation makes an operator, so no session that was stolen can make another one. */
function defineCommand(
  name: string,
  { summary, operator }: { summary: string; operator: boolean },
): Command<UsersContext> {
  return {
    name,
    summary,
    async run({ args: [address, ...more] }, ctx) {
      const email = EmailAddress.safeParse(address)
      if (!email.success || more.length > 0) throw new ConfigError(`Usage: ${name} <email>`)
      const { userId, changed } = await setOperator({ email: email.data, operator }, ctx)
      const what = operator ? 'an operator' : 'no operator'
      return changed ? `${address} (${userId}) is ${what} now.` : `${address} was ${what} before; nothing was changed.`
    },
  }
}

async function setOperator({ email, operator }: { email: string; operator: boolean }, { withTx }: UsersContext) {
  return withTx(async (tx) => {
    const mine = eq(person.emailKey, emailKey(email))
    const [changed] = await tx
      .update(person)
      .set({ operator })
      .where(and(mine, eq(person.operator, !operator)))
      .returning({ userId: person.id })
    if (changed) {
      await publish(tx, accessChanged, {
        ...changed,
        change: operator ? 'operator_granted' : 'operator_revoked',
        actorId: null,
      })
      return { ...changed, changed: true }
    }
    const [existing] = await tx.select({ userId: person.id }).from(person).where(mine)
    if (!existing) throw new ConfigError(`Nobody has the address ${email}.`)
    return { ...existing, changed: false }
  })
}

import { developmentColleagues, developmentPeople } from '@lightpress/auth-contract'
import { emailKey } from '@lightpress/protocol'
import { inArray } from 'drizzle-orm'
import type { AuthContext } from './context.ts'
import { account } from './schema.ts'

const people = [...developmentPeople.map((person) => ({ ...person, locale: 'en' as const })), ...developmentColleagues]

/** The people of development, with accounts. Those that are there already stay as they are. */
export async function seed(ctx: AuthContext): Promise<void> {
  const ids = people.map(({ id }) => id)
  const there = await ctx.db.select({ id: account.userId }).from(account).where(inArray(account.userId, ids))
  const known = new Set(there.map(({ id }) => id))
  for (const { id: userId, email, name, locale, password } of people) {
    if (known.has(userId)) continue
    await ctx.calls.users.createUser({ userId, email, name, locale })
    const passwordHash = await ctx.passwords.hash(password)
    await ctx.db
      .insert(account)
      .values({ userId, email, emailKey: emailKey(email), passwordHash })
      .onConflictDoNothing()
  }
}

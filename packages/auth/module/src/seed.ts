import { developmentPeople } from '@lightpress/auth-contract'
import { emailKey } from '@lightpress/protocol'
import type { AuthContext } from './context.ts'
import { account } from './schema.ts'

/** The people of development, with accounts. Those that are there already stay as they are. */
export async function seed(ctx: AuthContext): Promise<void> {
  for (const { id: userId, email, name, password } of developmentPeople) {
    await ctx.calls.users.createUser({ userId, email, name, locale: 'en' })
    const passwordHash = await ctx.passwords.hash(password)
    await ctx.db
      .insert(account)
      .values({ userId, email, emailKey: emailKey(email), passwordHash })
      .onConflictDoNothing()
  }
}

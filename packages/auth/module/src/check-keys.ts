import { ConfigError } from '@lightpress/kernel'
import { isNotNull } from 'drizzle-orm'
import type { AuthContext } from './context.ts'
import { totp } from './schema.ts'
import { checkSigningKeysOpen } from './signing-keys.ts'
import { openTotp } from './totp.ts'

/** Says at the start, and not at somebody's sign-in, that what is sealed was sealed under other keys. */
export async function checkKeys(ctx: AuthContext): Promise<void> {
  await checkSigningKeysOpen(ctx)
  await checkAppsOpen(ctx)
}

/** One will do: all are sealed under the same key. */
async function checkAppsOpen(ctx: AuthContext): Promise<void> {
  const [app] = await ctx.db
    .select({ userId: totp.userId, sealed: totp.sealedSecret })
    .from(totp)
    .where(isNotNull(totp.sealedSecret))
    .limit(1)
  if (!app?.sealed) return
  try {
    openTotp(app.userId, app.sealed, ctx)
  } catch (cause) {
    throw new ConfigError(
      'SECRETS_ENCRYPTION_KEY is not the one that the secrets of authenticator apps were sealed under. Set it to that ' +
        'one. If it is lost, so are they: delete all rows of auth.totp. Whoever had an app then signs in with their ' +
        'passkey, or without a second factor, and sets a new one up.',
      { cause },
    )
  }
}

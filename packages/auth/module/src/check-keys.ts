import { ConfigError } from '@lightpress/kernel'
import type { AuthContext } from './context.ts'
import { readSealedApps } from './sealed-apps.ts'
import { checkSigningKeysOpen } from './signing-keys.ts'
import { openTotp } from './totp.ts'

/** Says at the start, and not at somebody's sign-in, that what is sealed was sealed under other keys. */
export async function checkKeys(ctx: AuthContext): Promise<void> {
  await checkSigningKeysOpen(ctx)
  await checkAppsOpen(ctx)
}

/** Every one of them: while one key takes the place of another some are sealed under either. */
async function checkAppsOpen(ctx: AuthContext): Promise<void> {
  for await (const { userId, sealed } of readSealedApps(ctx.db)) {
    try {
      openTotp(userId, sealed, ctx)
    } catch (cause) {
      throw new ConfigError(
        `SECRETS_ENCRYPTION_KEY is not the one that the authenticator app of the person ${userId} was sealed under. Set ` +
          'it to that one, or add that one to it until everything is sealed anew (docs/operations/rotate-keys.md). If it ' +
          'is lost, so is what was sealed under it: delete those rows of auth.totp. Whoever had an app then signs in with ' +
          'their passkey, or without a second factor, and sets a new one up.',
        { cause },
      )
    }
  }
}

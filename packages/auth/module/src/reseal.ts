import { ConfigError, type Command } from '@lightpress/kernel'
import { and, eq } from 'drizzle-orm'
import type { AuthContext } from './context.ts'
import { signingKey, totp } from './schema.ts'
import { readSealedApps } from './sealed-apps.ts'
import type { Secrets } from './secrets.ts'
import { selectPublished } from './signing-keys.ts'

/** Seals anew what is sealed under a key that is to go: see docs/operations/rotate-keys.md. May be run again at any time. */
export const resealByHand: Command<AuthContext> = {
  name: 'keys reseal',
  summary: 'Seals anew, under the first of several keys in the environment, what auth has sealed under another.',
  async run({ args }, ctx) {
    if (args.length > 0) throw new ConfigError(`keys reseal takes nothing, and not "${args.join(' ')}".`)
    const [keys, apps] = [await resealSigningKeys(ctx), await resealApps(ctx)]
    if (keys + apps === 0) return 'Everything that auth has sealed is sealed under the first keys.'
    return `Sealed anew: ${keys} signing keys and ${apps} secrets of authenticator apps.`
  },
}

async function resealSigningKeys({ db, secrets }: AuthContext): Promise<number> {
  let count = 0
  for (const { kid, sealedPrivateKey: sealed } of await selectPublished(db)) {
    const anew = sealAnew(secrets, 'signing-key', { sealed, as: kid })
    if (anew === undefined) continue
    await db.update(signingKey).set({ sealedPrivateKey: anew }).where(eq(signingKey.kid, kid))
    count++
  }
  return count
}

async function resealApps({ db, vault }: AuthContext): Promise<number> {
  let count = 0
  for await (const { userId, column, sealed } of readSealedApps(db)) {
    const anew = sealAnew(vault, 'totp-secret', { sealed, as: userId })
    if (anew === undefined) continue
    // What was changed meanwhile is left, and counted all the same: whoever set up another app has sealed it under the key of
    // now, whoever confirmed one has moved it, and the next run finds it there.
    await db
      .update(totp)
      .set({ [column]: anew })
      .where(and(eq(totp.userId, userId), eq(totp[column], sealed)))
    count++
  }
  return count
}

/** Undefined where there is nothing to do. */
function sealAnew(
  secrets: Secrets,
  purpose: 'signing-key' | 'totp-secret',
  { sealed, as }: { sealed: string; as: string },
): string | undefined {
  if (secrets.isCurrent(purpose, sealed, as)) return undefined
  return secrets.seal(purpose, secrets.open(purpose, sealed, as), as)
}

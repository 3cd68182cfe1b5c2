import { ConfigError, type Command } from '@lightpress/kernel'
import { and, asc, eq, gt } from 'drizzle-orm'
import type { AuthContext } from './context.ts'
import { signingKey, totp } from './schema.ts'
import type { Secrets } from './secrets.ts'
import { selectPublished } from './signing-keys.ts'

/** Rows that are looked at in one step. */
const BATCH = 500

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
  let after: string | undefined
  for (;;) {
    const rows = await db
      .select({ userId: totp.userId, secret: totp.sealedSecret, candidate: totp.sealedCandidate })
      .from(totp)
      .where(after === undefined ? undefined : gt(totp.userId, after))
      .orderBy(asc(totp.userId))
      .limit(BATCH)
    for (const { userId, secret, candidate } of rows) {
      for (const [column, sealed] of [
        ['sealedSecret', secret],
        ['sealedCandidate', candidate],
      ] as const) {
        const anew = sealed === null ? undefined : sealAnew(vault, 'totp-secret', { sealed, as: userId })
        if (anew === undefined || sealed === null) continue
        // Whoever sets up another app meanwhile has sealed that under the key of now.
        await db
          .update(totp)
          .set({ [column]: anew })
          .where(and(eq(totp.userId, userId), eq(totp[column], sealed)))
        count++
      }
    }
    after = rows.at(-1)?.userId
    if (rows.length < BATCH) return count
  }
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

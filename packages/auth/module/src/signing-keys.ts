import { generateKeyPairSync } from 'node:crypto'
import { newId } from '@lightpress/kernel'
import type { Input, Output, VerificationKey } from '@lightpress/protocol'
import { asc, gt, isNull, or, sql } from 'drizzle-orm'
import type { AuthContext, Ops } from './context.ts'
import { signingKey } from './schema.ts'
import type { Secrets } from './secrets.ts'

export type SigningKey = typeof signingKey.$inferSelect

/** The keys that a living token may be signed with, and the next one, so that it is known before it signs. */
export async function readVerificationKeys(
  _input: Input<Ops['readVerificationKeys']>,
  ctx: AuthContext,
): Promise<Output<Ops['readVerificationKeys']>> {
  const keys = await readPublishedKeys(ctx)
  return { keys: keys.map(toJwk) }
}

/** The key that signs now. */
export async function readSigningKey(ctx: AuthContext): Promise<SigningKey> {
  return chooseSigningKey(await readPublishedKeys(ctx), new Date())
}

/** The youngest that is active; before any is, by the clock of this machine, the one that will be first. */
export function chooseSigningKey<K extends Pick<SigningKey, 'activatesAt'>>(published: readonly K[], now: Date): K {
  const inOrder = published.toSorted((a, b) => a.activatesAt.getTime() - b.activatesAt.getTime())
  const chosen = inOrder.findLast(({ activatesAt }) => activatesAt <= now) ?? inOrder[0]
  if (!chosen) throw new TypeError('There is no signing key')
  return chosen
}

export function openPrivateKey({ kid, sealedPrivateKey }: SigningKey, secrets: Secrets): string {
  try {
    return secrets.open('signing-key', sealedPrivateKey, kid)
  } catch (cause) {
    throw new Error(
      `The signing key ${kid} does not open. AUTH_KEY_ENCRYPTION_KEY must be the one that it was made under.`,
      { cause },
    )
  }
}

async function readPublishedKeys(ctx: AuthContext): Promise<SigningKey[]> {
  const published = await selectPublished(ctx.db)
  return published.length > 0 ? published : makeFirstKey(ctx)
}

/** Whichever process comes first makes it; the others wait for the lock and find it. */
async function makeFirstKey(ctx: AuthContext): Promise<SigningKey[]> {
  return ctx.withTx(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('auth.signing_key', 0))`)
    const found = await selectPublished(tx)
    return found.length > 0 ? found : tx.insert(signingKey).values(generateKey(new Date(), ctx.secrets)).returning()
  })
}

function generateKey(activatesAt: Date, secrets: Secrets): typeof signingKey.$inferInsert {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { x } = publicKey.export({ format: 'jwk' }) as { x: string }
  const kid = newId()
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { kid, publicKey: x, sealedPrivateKey: secrets.seal('signing-key', pem, kid), activatesAt }
}

function selectPublished(db: AuthContext['db']): Promise<SigningKey[]> {
  return db
    .select()
    .from(signingKey)
    .where(or(isNull(signingKey.retiresAt), gt(signingKey.retiresAt, new Date())))
    .orderBy(asc(signingKey.activatesAt), asc(signingKey.kid))
}

function toJwk({ kid, publicKey }: SigningKey): VerificationKey {
  return { kid, kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', x: publicKey }
}

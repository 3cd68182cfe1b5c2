import { generateKeyPairSync } from 'node:crypto'
import { ConfigError, newId, type Db, type Tx } from '@lightpress/kernel'
import type { Input, Output, VerificationKey } from '@lightpress/protocol'
import { asc, gt, isNull, or, sql } from 'drizzle-orm'
import { record } from './audit.ts'
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
  return secrets.open('signing-key', sealedPrivateKey, kid)
}

/** Before anybody signs in: a process with another key in its environment could sign nothing. */
export async function checkSigningKeysOpen(ctx: AuthContext): Promise<void> {
  for (const key of await selectPublished(ctx.db)) {
    try {
      openPrivateKey(key, ctx.secrets)
    } catch (cause) {
      throw new ConfigError(
        `AUTH_KEY_ENCRYPTION_KEY is not the one that the signing key ${key.kid} was made under. Set it to that one. ` +
          'If it is lost, delete all rows of auth.signing_key: new ones are made, and nobody has to sign in again.',
        { cause },
      )
    }
  }
}

async function readPublishedKeys(ctx: AuthContext): Promise<SigningKey[]> {
  const published = await selectPublished(ctx.db)
  return published.length > 0 ? published : makeFirstKey(ctx)
}

/** Whichever process comes first makes it; the others wait for the lock and find it. */
async function makeFirstKey(ctx: AuthContext): Promise<SigningKey[]> {
  return ctx.withTx(async (tx) => {
    await holdKeys(tx)
    const found = await selectPublished(tx)
    return found.length > 0 ? found : [await makeKey(tx, new Date(), ctx)]
  })
}

/** Keeps the set of keys as it is for everybody else until the transaction ends. */
export async function holdKeys(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('auth.signing_key', 0))`)
}

/** A key that is published from the commit on. The caller holds the keys. */
export async function makeKey(tx: Tx, activatesAt: Date, ctx: AuthContext): Promise<SigningKey> {
  const [made] = await tx.insert(signingKey).values(generateKey(activatesAt, ctx.secrets)).returning()
  await record(tx, { action: 'signing_key_made', userId: null }, ctx)
  return made as SigningKey
}

function generateKey(activatesAt: Date, secrets: Secrets): typeof signingKey.$inferInsert {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { x } = publicKey.export({ format: 'jwk' }) as { x: string }
  const kid = newId()
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { kid, publicKey: x, sealedPrivateKey: secrets.seal('signing-key', pem, kid), activatesAt }
}

/** The oldest first. */
export function selectPublished(db: Db): Promise<SigningKey[]> {
  return db
    .select()
    .from(signingKey)
    .where(or(isNull(signingKey.retiresAt), gt(signingKey.retiresAt, sql`now()`)))
    .orderBy(asc(signingKey.activatesAt), asc(signingKey.kid))
}

function toJwk({ kid, publicKey }: SigningKey): VerificationKey {
  return { kid, kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', x: publicKey }
}

import type { Passkey } from '@lightpress/auth-contract'
import type { Db, Tx } from '@lightpress/kernel'
import { and, asc, eq, lt, sql } from 'drizzle-orm'
import { passkeyRefused, type UsedPasskey } from './passkey-answers.ts'
import { passkey } from './schema.ts'

export type StoredPasskey = typeof passkey.$inferSelect

/** The oldest first. */
export function passkeysOf(db: Db | Tx, userId: string): Promise<StoredPasskey[]> {
  return db.select().from(passkey).where(eq(passkey.userId, userId)).orderBy(asc(passkey.createdAt), asc(passkey.id))
}

/** As its owner sees it. */
export function describePasskey({ id, name, synced, createdAt, lastUsedAt }: StoredPasskey): Passkey {
  return { id, name, synced, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null }
}

/** How a browser is told which one is meant. */
export function descriptorOf({ credentialId, transports }: StoredPasskey): { id: string; transports: string[] } {
  return { id: credentialId, transports }
}

/** What an authenticator keeps of a person, and answers: their id, in base64url, which is no address and no name. */
export function userHandleOf(userId: string): string {
  return userIdBytes(userId).toString('base64url')
}

export function userIdBytes(userId: string): Buffer<ArrayBuffer> {
  return Buffer.from(userId.replaceAll('-', ''), 'hex')
}

/** Writes down that it was used. Refuses a count that is not more than the last one, unless it counts nothing. */
export async function usePasskey(tx: Tx, { id, signatureCount, synced }: UsedPasskey): Promise<void> {
  const counted = signatureCount === 0 ? eq(passkey.signatureCount, 0) : lt(passkey.signatureCount, signatureCount)
  const written = await tx
    .update(passkey)
    .set({ signatureCount, synced, lastUsedAt: sql`now()` })
    .where(and(eq(passkey.id, id), counted))
    .returning({ id: passkey.id })
  // Removed meanwhile, or used.
  if (written.length === 0) throw passkeyRefused()
}

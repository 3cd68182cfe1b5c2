import { randomBytes } from 'node:crypto'
import { identityOf, type Db, type Tx } from '@lightpress/kernel'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
import { record, recordAndAlert } from './audit.ts'
import type { AuthContext, Ops } from './context.ts'
import { recoveryCodes, take } from './limits.ts'
import { holdOwnAccount, readOwnAccount } from './own-account.ts'
import { recoveryCode } from './schema.ts'
import { secondFactorsOf } from './second-factors.ts'

const COUNT = 10

/** Crockford's Base32: no letter that looks like a digit or another letter. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
/** 50 bits. With less than 112, what is stored must be a slow hash (OWASP ASVS 5.0, 6.5.2). */
const LENGTH = 10

export async function createRecoveryCodes(
  _input: Input<Ops['createRecoveryCodes']>,
  ctx: AuthContext,
): Promise<Output<Ops['createRecoveryCodes']>> {
  const own = await readOwnAccount(ctx)
  const { userId } = identityOf(ctx)
  // Before anything is hashed, and again where nobody can take the last factor away meanwhile.
  await requireFactor(ctx.db, userId)
  const drawn = await drawRecoveryCodes(userId, ctx)
  await ctx.withTx(async (tx) => {
    await holdOwnAccount(tx, own, ctx)
    await requireFactor(tx, userId)
    await replaceCodes(tx, userId, drawn)
    await recordAndAlert(tx, { action: 'recovery_codes_made', userId }, ctx)
  })
  return { recoveryCodes: drawn.codes }
}

/** Codes as they are shown, and what is stored of them. */
export interface DrawnCodes {
  codes: string[]
  hashes: string[]
}

/** Ten new ones, to be made this person's. Hashes, so it stands before the transaction, and is limited. */
export async function drawRecoveryCodes(userId: string, ctx: AuthContext): Promise<DrawnCodes> {
  await take(recoveryCodes, userId, ctx)
  const plain = Array.from({ length: COUNT }, draw)
  const hashes = await ctx.passwords.hashTogether(plain, ctx.signal)
  return { codes: plain.map((code) => `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`), hashes }
}

/** For whoever adds a second factor, before the transaction: null for whoever has one, and so has codes. */
export async function drawFirstRecoveryCodes(userId: string, ctx: AuthContext): Promise<DrawnCodes | null> {
  return (await hasRecoveryCodes(ctx.db, userId)) ? null : drawRecoveryCodes(userId, ctx)
}

/** Used ones stay until there are others, so whoever has a factor has some. */
export async function hasRecoveryCodes(db: Db | Tx, userId: string): Promise<boolean> {
  return (await db.$count(recoveryCode, eq(recoveryCode.userId, userId))) > 0
}

/**
 * For whoever adds a second factor, under the account's lock: makes the drawn codes theirs and answers them, to be
 * shown; null for whoever had a factor before.
 */
export async function makeFirstRecoveryCodes(
  tx: Tx,
  userId: string,
  drawn: DrawnCodes | null,
  ctx: AuthContext,
): Promise<string[] | null> {
  if (drawn === null || (await hasRecoveryCodes(tx, userId))) return null
  await replaceCodes(tx, userId, drawn)
  // Of the factor they are told, and the codes are shown to them now.
  await record(tx, { action: 'recovery_codes_made', userId }, ctx)
  return drawn.codes
}

/** For whoever takes a second factor away, under the account's lock: with the last one its codes go. */
export async function dropRecoveryCodesOfNoFactor(tx: Tx, userId: string): Promise<void> {
  if ((await secondFactorsOf(tx, userId)).length > 0) return
  await tx.delete(recoveryCode).where(eq(recoveryCode.userId, userId))
}

/** What was drawn, however it was typed; undefined for what cannot be a code. */
export function parseRecoveryCode(typed: string): string | undefined {
  const code = typed
    .toLowerCase()
    .replace(/[^0-9a-z]/g, '')
    .replace(/o/g, '0')
    .replace(/[il]/g, '1')
  return code.length === LENGTH ? code : undefined
}

function draw(): string {
  // 32 divides 256, so every character is as likely.
  return Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join('')
}

async function replaceCodes(tx: Tx, userId: string, { hashes }: DrawnCodes): Promise<void> {
  await tx.delete(recoveryCode).where(eq(recoveryCode.userId, userId))
  await tx.insert(recoveryCode).values(hashes.map((hash) => ({ userId, hash })))
}

async function requireFactor(db: Tx | AuthContext['db'], userId: string): Promise<void> {
  if ((await secondFactorsOf(db, userId)).length > 0) return
  const message = 'Recovery codes stand for a second factor. Set one up first.'
  throw new AppError('conflict', 'auth.no_second_factor', message)
}

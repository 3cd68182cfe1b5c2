import { eq, inArray, sql } from 'drizzle-orm'
import type { Db, Tx } from '@lightpress/kernel'
import type { AuthContext } from './context.ts'
import { giveBack, guesses, networkOfCaller, proofs, take, tooManyAttempts } from './limits.ts'
import { lockout } from './schema.ts'

export interface Guess {
  /** Whose secret is guessed at: the key of an address, a registration. Known or not: they lock alike. */
  about: string
  /** What the guess comes from, if that is the owner's own: their trusted device (`trustedDevice`), or their session. */
  trusted: string | undefined
  /** Run before a guess is refused because it is locked. */
  onLocked?: () => Promise<void>
}

/** Whom wrong guesses are counted against, and how many in a row are made before the first lock. */
interface Subject {
  key: string
  free: number
}

/** Minutes that a subject is locked after the last free guess, and after each one that follows. */
const LOCKS = [1, 2, 4, 8, 15]

const forgottenAt = sql`clock_timestamp() + interval '24 hours'`

/**
 * Makes a guess unless too many were wrong before it: then it is refused with `auth.too_many_attempts`, unmade. `check`
 * answers null when the guess was wrong; when it throws, nobody has learned anything, and the guess does not count.
 *
 * After "Slow Down Online Guessing Attacks with Device Cookies" (OWASP): what comes from the owner's own device is
 * counted by itself, all else by its network and for the account as a whole. Strangers lock each other out, never the
 * owner. A guess is counted before it is made, so that of many at once no more are made than one after the other.
 * A right one is given back, up to what an account bears of those; beyond it right ones lock as wrong ones do.
 */
export async function asGuess<T>(check: () => Promise<T | null>, guess: Guess, ctx: AuthContext): Promise<T | null> {
  // Strangers of the owner's network must not use up what their own device has.
  const caller = guess.trusted ?? networkOfCaller(ctx)
  await take(guesses, caller, ctx)
  const subjects = subjectsOf(guess, ctx)
  await countAll(subjects, guess, ctx)
  let answer
  try {
    answer = await check()
  } catch (error) {
    for (const subject of subjects) await uncount(subject, ctx)
    await giveBack(guesses, caller, ctx)
    throw error
  }
  if (answer === null) return null
  await take(proofs, guess.about, ctx)
  await forget(ctx.db, subjects)
  await giveBack(guesses, caller, ctx)
  return answer
}

/** For whoever has proved otherwise who they are: the caller and their device may guess again. */
export async function clearLockout(tx: Tx, guess: Pick<Guess, 'about' | 'trusted'>, ctx: AuthContext): Promise<void> {
  await forget(tx, [...subjectsOf(guess, ctx), ...subjectsOf({ ...guess, trusted: undefined }, ctx)])
}

function subjectsOf({ about, trusted }: Pick<Guess, 'about' | 'trusted'>, ctx: AuthContext): Subject[] {
  const subject = (free: number, ...name: string[]) => ({ key: ctx.secrets.mac('lockout', name.join(' ')), free })
  if (trusted !== undefined) return [subject(10, 'trusted', trusted, about)]
  return [subject(10, 'network', networkOfCaller(ctx), about), subject(100, 'strangers', about)]
}

async function countAll(subjects: readonly Subject[], { onLocked }: Guess, ctx: AuthContext): Promise<void> {
  for (const [index, subject] of subjects.entries()) {
    if (await count(subject, ctx)) continue
    for (const counted of subjects.slice(0, index)) await uncount(counted, ctx)
    const seconds = await secondsLocked(subject, ctx)
    await onLocked?.()
    throw tooManyAttempts(seconds)
  }
}

/** One more, unless it is locked: with the last free one, and each that follows, the lock begins. */
async function count({ key, free }: Subject, ctx: AuthContext): Promise<boolean> {
  const failures = sql`case when ${lockout.forgottenAt} <= clock_timestamp() then 1 else ${lockout.failures} + 1 end`
  const minutes = sql`(${sql.raw(`array[${LOCKS.join(', ')}]`)})[least(${failures} - ${free} + 1, ${LOCKS.length})]`
  const [counted] = await ctx.db
    .insert(lockout)
    .values({ key, failures: 1, lockedUntil: sql`clock_timestamp()`, forgottenAt })
    .onConflictDoUpdate({
      target: lockout.key,
      set: {
        failures,
        // Below the first element the array has none, and null minutes are no lock.
        lockedUntil: sql`clock_timestamp() + coalesce(${minutes}, 0) * interval '1 minute'`,
        forgottenAt,
      },
      // Not `now()`, which stands still while others hold the row.
      setWhere: sql`${lockout.lockedUntil} <= clock_timestamp()`,
    })
    .returning({ key: lockout.key })
  return counted !== undefined
}

/** A lock that is there now was begun by this guess, or would not have been without it. */
async function uncount({ key }: Subject, ctx: AuthContext): Promise<void> {
  await ctx.db
    .update(lockout)
    .set({ failures: sql`greatest(${lockout.failures} - 1, 0)`, lockedUntil: sql`clock_timestamp()` })
    .where(eq(lockout.key, key))
}

async function secondsLocked({ key }: Subject, ctx: AuthContext): Promise<number | undefined> {
  const [locked] = await ctx.db
    .select({ seconds: sql<number>`ceil(extract(epoch from ${lockout.lockedUntil} - clock_timestamp()))::int` })
    .from(lockout)
    .where(eq(lockout.key, key))
  return locked?.seconds
}

async function forget(db: Db | Tx, subjects: readonly Subject[]): Promise<void> {
  const keys = subjects.map(({ key }) => key)
  await db.delete(lockout).where(inArray(lockout.key, keys))
}

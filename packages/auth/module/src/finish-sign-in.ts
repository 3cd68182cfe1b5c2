import type { SecondFactor, SignedIn } from '@lightpress/auth-contract'
import { requireSameOrigin, type RawHttp, type Tx } from '@lightpress/kernel'
import type { AppError } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
import { admitFully } from './admit.ts'
import { record, recordAndAlert } from './audit.ts'
import type { AuthContext } from './context.ts'
import type { Mode } from './cookies.ts'
import { trustedDevice } from './device-cookie.ts'
import { lockAlerts, tryTake } from './limits.ts'
import { asGuess } from './lockout.ts'
import type { Account } from './own-account.ts'
import { account } from './schema.ts'
import { readSessionUser } from './session-user.ts'
import { challengeInvalid, findTicket, redeemTicket, type Ticket } from './tickets.ts'

type Http = Pick<RawHttp, 'request' | 'reply'>

/** A sign-in whose first factor was right. */
export interface Begun {
  ticket: Ticket<'second-factor'>
  account: Account
}

/** What a challenge is about, if the account is still what it was when its first factor was proved. */
export async function findBegun(challenge: string, http: Pick<Http, 'request'>, ctx: AuthContext): Promise<Begun> {
  const ticket = await findTicket('second-factor', challenge, http, ctx)
  if (!ticket?.userId) throw challengeInvalid()
  const [found] = await ctx.db.select().from(account).where(eq(account.userId, ticket.userId))
  if (found?.sessionVersion !== ticket.data.sessionVersion) throw challengeInvalid()
  return { ticket, account: found }
}

export interface Attempt<T> {
  factor: SecondFactor
  mode: Mode
  /** Null when it was wrong; what it answers is for `settle`. */
  check: (account: Account) => Promise<T | null>
  /** Uses it up, under the account's lock; throws where it is used up already. */
  settle: (tx: Tx, proved: T) => Promise<void>
  /** What it says when it was wrong. */
  wrong: AppError
}

/** The second half of a sign-in, the same for every second factor. */
export async function finishSignIn<T>(
  begun: Begun,
  attempt: Attempt<T>,
  http: Http,
  ctx: AuthContext,
): Promise<SignedIn> {
  const { ticket, account } = begun
  const { factor, mode } = attempt
  // Before anything is tried: see `admit`.
  if (mode === 'cookie') requireSameOrigin(http.request, ctx)
  // A reset has its browser remembered: who reads the mail could have one after the other, each with guesses of its own.
  const trusted = account.passwordByMail ? undefined : trustedDevice(http, account, ctx)
  const proved = await guessFactor(account.userId, { ...attempt, check: () => attempt.check(account), trusted }, ctx)
  const user = await readSessionUser({ userId: account.userId, organizationId: null }, ctx)
  if (!user) throw challengeInvalid()
  const settle = async (tx: Tx) => {
    await redeemTicket(tx, ticket)
    await attempt.settle(tx, proved)
  }
  const answer = await admitFully({ account, user, method: ticket.data.method, factor, mode, settle }, http, ctx)
  if (answer === null) throw challengeInvalid()
  return answer
}

/** A guess at a second factor. */
interface FactorGuess<T> {
  factor: SecondFactor
  check: () => Promise<T | null>
  wrong: AppError
  /** What it comes from, if that is the owner's own: their device, or their session. */
  trusted: string | undefined
}

/**
 * What `check` answers, or a refusal. Wrong ones are counted against the person's second factors and written down, so
 * whoever has the password cannot try codes without end; from many networks they have the owner wait, where that is in
 * a browser nobody trusts. The person is told of a lock, once an hour: somebody else got past their first factor.
 */
export async function guessFactor<T>(userId: string, guess: FactorGuess<T>, ctx: AuthContext): Promise<T> {
  const { factor, check, wrong, trusted } = guess
  const onLocked = async () => {
    const write = (await tryTake(lockAlerts, userId, ctx)) ? recordAndAlert : record
    await ctx.withTx(async (tx) => void (await write(tx, { action: 'second_factor_locked', userId, factor }, ctx)))
  }
  const proved = await asGuess(check, { about: `second-factor ${userId}`, trusted, onLocked }, ctx)
  if (proved !== null) return proved
  await ctx.withTx((tx) => record(tx, { action: 'second_factor_failed', userId, factor }, ctx))
  throw wrong
}

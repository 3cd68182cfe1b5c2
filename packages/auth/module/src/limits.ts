import { AppError, isAppError } from '@lightpress/protocol'
import { eq, lte, sql } from 'drizzle-orm'
import type { AuthContext } from './context.ts'
import { networkOf } from './normalise.ts'
import { allowance } from './schema.ts'

/** So many at once, then one more each so many seconds. */
interface Limit {
  name: string
  burst: number
  everySeconds: number
}

/**
 * What guessing passwords costs. From one network an account bears ten; from all of them together it bears more,
 * so that a stranger at one place cannot keep the owner out.
 */
const guesses = {
  network: { name: 'guess.network', burst: 100, everySeconds: 6 },
  accountFromNetwork: { name: 'guess.account-from-network', burst: 10, everySeconds: 60 },
  account: { name: 'guess.account', burst: 100, everySeconds: 60 },
} satisfies Record<string, Limit>

/** What having us write to people costs: a network is refused, an address is left in peace without a word. */
export const mails = {
  network: { name: 'mail.network', burst: 100, everySeconds: 30 },
  address: { name: 'mail.address', burst: 3, everySeconds: 60 },
} satisfies Record<string, Limit>

/**
 * Runs `check` if there is allowance for another guess at what `about` names (an address, a registration), and else
 * refuses with `auth.too_many_attempts`. Taken before the guess, so that parallel ones count, and given back unless
 * `check` says by `unauthenticated` that it was wrong: whom we could not answer has learned nothing.
 */
export async function asGuess<T>(about: string, check: () => Promise<T>, ctx: AuthContext): Promise<T> {
  const network = networkOfCaller(ctx)
  const taken: [Limit, string][] = [
    [guesses.network, network],
    [guesses.accountFromNetwork, `${about} ${network}`],
    [guesses.account, about],
  ]
  for (const [limit, subject] of taken) await take(limit, subject, ctx)
  let wrong = false
  try {
    return await check()
  } catch (error) {
    wrong = isAppError(error) && error.code === 'unauthenticated'
    throw error
  } finally {
    if (!wrong) for (const [limit, subject] of taken) await giveBack(limit, subject, ctx)
  }
}

/** Takes one, or refuses with `auth.too_many_attempts` and says when there is one again. */
export async function take(limit: Limit, subject: string, ctx: AuthContext): Promise<void> {
  if (await tryTake(limit, subject, ctx)) return
  const [wait] = await ctx.db
    .select({
      seconds: sql<number>`ceil(extract(epoch from ${allowance.freeAt} - now() - ${toleranceOf(limit)}))::int`,
    })
    .from(allowance)
    .where(eq(allowance.key, keyOf(limit, subject, ctx)))
  throw new AppError('limited', 'auth.too_many_attempts', 'Too many attempts. Wait a little and try again.', {
    retryAfter: Math.max(1, wait?.seconds ?? 1),
  })
}

/**
 * Takes one if there is one. GCRA in one statement: a row says when everything taken will have grown again. Shared by
 * all processes.
 */
export async function tryTake(limit: Limit, subject: string, ctx: AuthContext): Promise<boolean> {
  const key = keyOf(limit, subject, ctx)
  const every = secondsOf(limit.everySeconds)
  const [taken] = await ctx.db
    .insert(allowance)
    .values({ key, freeAt: sql`now() + ${every}` })
    .onConflictDoUpdate({
      target: allowance.key,
      set: { freeAt: sql`greatest(${allowance.freeAt}, now()) + ${every}` },
      setWhere: lte(allowance.freeAt, sql`now() + ${toleranceOf(limit)}`),
    })
    .returning({ key: allowance.key })
  return taken !== undefined
}

/** Where the request comes from, as far as a limit goes. */
export function networkOfCaller({ request }: AuthContext): string {
  return networkOf(request.ip ?? 'unknown')
}

async function giveBack(limit: Limit, subject: string, ctx: AuthContext): Promise<void> {
  await ctx.db
    .update(allowance)
    .set({ freeAt: sql`${allowance.freeAt} - ${secondsOf(limit.everySeconds)}` })
    .where(eq(allowance.key, keyOf(limit, subject, ctx)))
}

function keyOf({ name }: Limit, subject: string, { secrets }: AuthContext): string {
  return secrets.mac('allowance', `${name} ${subject}`)
}

function toleranceOf({ burst, everySeconds }: Limit) {
  return secondsOf((burst - 1) * everySeconds)
}

function secondsOf(seconds: number) {
  return sql`${seconds}::int * interval '1 second'`
}

import { AppError } from '@lightpress/protocol'
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

/**
 * Runs `check` if there is allowance for another guess at what `about` names (an address, a registration), and else
 * refuses with `auth.too_many_attempts`. Taken before the guess, so that parallel ones count; a right one, which
 * `check` says by not throwing, is given back.
 */
export async function asGuess<T>(about: string, check: () => Promise<T>, ctx: AuthContext): Promise<T> {
  const network = networkOf(ctx.request.ip ?? 'unknown')
  const taken: [Limit, string][] = [
    [guesses.network, network],
    [guesses.accountFromNetwork, `${about} ${network}`],
    [guesses.account, about],
  ]
  for (const [limit, subject] of taken) await take(limit, subject, ctx)
  const result = await check()
  for (const [limit, subject] of taken) await giveBack(limit, subject, ctx)
  return result
}

/** GCRA in one statement: a row says when everything taken will have grown again. Shared by all processes. */
async function take(limit: Limit, subject: string, ctx: AuthContext): Promise<void> {
  const key = keyOf(limit, subject, ctx)
  const every = secondsOf(limit.everySeconds)
  const tolerance = secondsOf((limit.burst - 1) * limit.everySeconds)
  const [taken] = await ctx.db
    .insert(allowance)
    .values({ key, freeAt: sql`now() + ${every}` })
    .onConflictDoUpdate({
      target: allowance.key,
      set: { freeAt: sql`greatest(${allowance.freeAt}, now()) + ${every}` },
      setWhere: lte(allowance.freeAt, sql`now() + ${tolerance}`),
    })
    .returning({ key: allowance.key })
  if (taken) return
  const [wait] = await ctx.db
    .select({ seconds: sql<number>`ceil(extract(epoch from ${allowance.freeAt} - now() - ${tolerance}))::int` })
    .from(allowance)
    .where(eq(allowance.key, key))
  throw new AppError('limited', 'auth.too_many_attempts', 'Too many attempts. Wait a little and try again.', {
    retryAfter: Math.max(1, wait?.seconds ?? 1),
  })
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

function secondsOf(seconds: number) {
  return sql`${seconds}::int * interval '1 second'`
}

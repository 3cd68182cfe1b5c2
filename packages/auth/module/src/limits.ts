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

/** Guesses at secrets of whatever accounts, of one caller. What one account bears is in `lockout.ts`. */
export const guesses = { name: 'guess.caller', burst: 100, everySeconds: 6 } satisfies Limit

/** Secrets of one account that were right: whoever knows one must not have us hash and remember without end. */
export const proofs = { name: 'proof.account', burst: 30, everySeconds: 30 } satisfies Limit

/** What having us write to people costs: a network is refused, an address is left in peace without a word. */
export const mails = {
  network: { name: 'mail.network', burst: 100, everySeconds: 30 },
  /** Mails of one kind to one address: those that one network asks for. */
  address: { name: 'mail.address', burst: 3, everySeconds: 60 },
  /** And those of all networks together: so many that strangers hardly keep the owner from theirs. */
  addressOfAll: { name: 'mail.address.all', burst: 300, everySeconds: 300 },
} satisfies Record<string, Limit>

/** Recoveries that begin for one account: whoever has a password of somebody must not frighten them without end. */
export const recoveries = { name: 'recovery.account', burst: 3, everySeconds: 24 * 60 * 60 } satisfies Limit

/** Alerts that guesses at one person's second factors were locked: there is one each time, for as long as they go on. */
export const lockAlerts = { name: 'alert.second_factor_locked', burst: 1, everySeconds: 60 * 60 } satisfies Limit

/** Sets of recovery codes that are drawn for one account: each is ten hashes. */
export const recoveryCodes = { name: 'recovery-codes.account', burst: 5, everySeconds: 600 } satisfies Limit

/** Links of mails that are followed. Nobody guesses their 256 bits; each try costs a look into the database. */
export const links = { name: 'link.network', burst: 100, everySeconds: 6 } satisfies Limit

/**
 * Passkeys that are asked for of nobody in particular, and answers that were not right. Each page to sign in with asks
 * for one and leaves a row: a company behind one address opens so many in the morning.
 */
export const passkeys = { name: 'passkey.network', burst: 1_000, everySeconds: 0.5 } satisfies Limit

/** What is begun by whoever has proved a factor, and leaves a row: of one account, or one sign-in under way. */
export const begun = { name: 'begun.account', burst: 60, everySeconds: 10 } satisfies Limit

/** Visits to another provider that are begun: each leaves a row, and may have us ask the provider. */
export const providerVisits = { name: 'provider.network', burst: 100, everySeconds: 6 } satisfies Limit

export const refreshes = {
  /** A browser renews its session each five minutes, in twenty tabs perhaps. Each token is kept for thirty days. */
  session: { name: 'refresh.session', burst: 200, everySeconds: 10 },
  /** Tokens that renew nothing: every browser behind one address may hold one. */
  network: { name: 'refresh.network', burst: 1_000, everySeconds: 0.2 },
} satisfies Record<string, Limit>

/** Keys of programs that nobody has, or not any more: a program may be told the wrong one, and tries on. */
export const unknownKeys = { name: 'api_key.network', burst: 1_000, everySeconds: 0.2 } satisfies Limit

/** Takes one of what the caller's network has, or refuses with `auth.too_many_attempts`. */
export function takeForNetwork(limit: Limit, ctx: AuthContext): Promise<void> {
  return take(limit, networkOfCaller(ctx), ctx)
}

type MailKind = 'registration' | 'reset' | 'magic-link'

/**
 * Whether an address may be sent one more mail of this kind. Each kind, and each network that asks for it, has its own:
 * nobody uses up what somebody else needs.
 */
export async function mayMail(kind: MailKind, emailKey: string, ctx: AuthContext): Promise<boolean> {
  const subject = `${kind} ${emailKey}`
  if (!(await tryTake(mails.address, `${subject} ${networkOfCaller(ctx)}`, ctx))) return false
  return tryTake(mails.addressOfAll, subject, ctx)
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
  throw tooManyAttempts(wait?.seconds)
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

export async function giveBack(limit: Limit, subject: string, ctx: AuthContext): Promise<void> {
  await ctx.db
    .update(allowance)
    .set({ freeAt: sql`${allowance.freeAt} - ${secondsOf(limit.everySeconds)}` })
    .where(eq(allowance.key, keyOf(limit, subject, ctx)))
}

/** Where the request comes from, as far as a limit goes. */
export function networkOfCaller({ request }: AuthContext): string {
  return networkOf(request.ip ?? 'unknown')
}

export function tooManyAttempts(seconds = 1): AppError {
  return new AppError('limited', 'auth.too_many_attempts', 'Too many attempts. Wait a little and try again.', {
    retryAfter: Math.max(1, seconds),
  })
}

function keyOf({ name }: Limit, subject: string, { secrets }: AuthContext): string {
  return secrets.mac('allowance', `${name} ${subject}`)
}

function toleranceOf({ burst, everySeconds }: Limit) {
  return secondsOf((burst - 1) * everySeconds)
}

function secondsOf(seconds: number) {
  return sql`${seconds}::float8 * interval '1 second'`
}

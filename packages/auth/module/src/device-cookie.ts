import { cookieNames, equalInConstantTime, type RawHttp } from '@lightpress/kernel'
import type { AuthContext } from './context.ts'
import { cookieOptions } from './cookies.ts'
import type { Account } from './own-account.ts'
import { randomSecret } from './secrets.ts'

/** A year. */
const LIFETIME_SECONDS = 365 * 24 * 60 * 60

/** Accounts that one browser is remembered for; who signs in to one more has it forget the oldest. */
const ACCOUNTS = 8

/** 256 bits in base64url, as a random secret and a MAC both are. */
const PART = /^[\w-]{43}$/

/** What of an account a device proves: whose it is, and that nobody chose another password since. */
type Known = Pick<Account, 'userId' | 'passwordHash'>

/** Nobody has the empty id: the same work for an address without an account. */
const nobody: Known = { userId: '', passwordHash: '' }

type Http = Pick<RawHttp, 'request' | 'reply'>

/**
 * The browser's name for itself if this account was signed in to in it with the password of now, else undefined. The
 * cookie lets nobody in: whoever brings it is counted apart from strangers who guess at the password (see `lockout.ts`).
 */
export function trustedDevice(
  { request }: Pick<Http, 'request'>,
  account: Known | undefined,
  ctx: AuthContext,
): string | undefined {
  const [device, ...proofs] = partsOf(request, ctx)
  if (device === undefined) return undefined
  const wanted = proofsOf(device, account ?? nobody, ctx)
  return proofs.some((one) => wanted.some((proof) => equalInConstantTime(one, proof))) ? device : undefined
}

/** Has the browser remember that this account was signed in to in it. It keeps its name, and its other accounts. */
export function rememberDevice({ request, reply }: Http, account: Known, ctx: AuthContext): void {
  const [device = randomSecret(), ...others] = partsOf(request, ctx)
  const own = proofsOf(device, account, ctx)
  const proofs = [...own.slice(0, 1), ...others.filter((one) => !own.includes(one))].slice(0, ACCOUNTS)
  const value = [device, ...proofs].join('.')
  // `Lax`: whoever comes back from another provider would else be given a new name, and lose their other accounts.
  reply.setCookie(cookieNames(ctx.publicUrl).device, value, cookieOptions(ctx.publicUrl, { seconds: LIFETIME_SECONDS }))
}

/** A random name, then a MAC for each account. Of a cookie that we cannot have written, nothing. */
function partsOf(request: Http['request'], { publicUrl }: AuthContext): string[] {
  const parts = request.cookies[cookieNames(publicUrl).device]?.split('.') ?? []
  return parts.length <= 1 + ACCOUNTS && parts.every((part) => PART.test(part)) ? parts : []
}

/**
 * Under each key that is known. With a new password every proof is void: whoever knew the old one may have had any number of
 * names proved.
 */
function proofsOf(device: string, { userId, passwordHash }: Known, { secrets }: AuthContext): string[] {
  return secrets.macs('device', `${device} ${userId} ${passwordHash ?? ''}`)
}

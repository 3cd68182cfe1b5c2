import type { SecondFactor, SessionUser, SignedIn, SignInAnswer } from '@lightpress/auth-contract'
import { requireSameOrigin, type RawHttp, type Tx } from '@lightpress/kernel'
import { record, recordAndAlert } from './audit.ts'
import { keepBrowser } from './browser.ts'
import { noteSecondFactor } from './cancel-recovery.ts'
import type { AuthContext } from './context.ts'
import { answerWith, forgetOperator, type Mode } from './cookies.ts'
import { rememberDevice, trustedDevice } from './device-cookie.ts'
import { holdAccount } from './hold-account.ts'
import { isKnownPlace } from './known-places.ts'
import type { Account } from './own-account.ts'
import { replacePresented } from './replaced-sessions.ts'
import { revoke } from './revocations.ts'
import { secondFactorsOf } from './second-factors.ts'
import { endSurplusOf } from './session-limit.ts'
import { grantAccess, openSession, type Opened } from './sessions.ts'
import { issueTicket, type FirstFactor } from './tickets.ts'

type Http = Pick<RawHttp, 'request' | 'reply'>

/** What somebody has proved who wants to be let in. */
export interface Proof {
  account: Account
  /** The person as users knows them, asked for after the account was read: see `readSessionUser`. */
  user: SessionUser
  /** A passkey that verified its user is both factors. */
  method: FirstFactor | 'passkey'
  /** What was proved beside a first factor. Without it, whoever has a second one is asked for it. */
  factor?: SecondFactor
  mode: Mode
  /** The account was made by this very proof, so there is nobody yet to be told of a sign-in from somewhere new. */
  isFirst?: boolean
  /** Uses up what the proof consisted of, under the account's lock; throws where somebody else was faster. */
  settle?: (tx: Tx) => Promise<void>
}

/**
 * The one way from a proof to a session, whichever door it came by. Null where the account is not what it was when it
 * was proved (another password, another role): whoever asks proves it once more, by what holds now.
 */
export async function admit(proof: Proof, http: Http, ctx: AuthContext): Promise<SignInAnswer | null> {
  const { account, mode } = proof
  // Cookies are given to pages of ours only, so that no other site can sign a visitor in as somebody else.
  if (mode === 'cookie') requireSameOrigin(http.request, ctx)
  const outcome = await ctx.withTx(async (tx) => {
    // Whoever changes what proves a person raises the version while they hold it: no session slips in with the old.
    const current = await holdAccount(tx, account.userId)
    if (current?.sessionVersion !== account.sessionVersion) return null
    await proof.settle?.(tx)
    const { method, factor } = proof
    if (method === 'passkey' || factor !== undefined) {
      await noteSecondFactor(tx, account.userId, ctx)
      return open(tx, proof, http, ctx)
    }
    const factors = await secondFactorsOf(tx, account.userId)
    if (factors.length === 0) return open(tx, proof, http, ctx)
    return { wanted: await askFor(tx, factors, { account, method, mode }, http, ctx) }
  })
  if (outcome === null || 'wanted' in outcome) return outcome?.wanted ?? null
  return welcome(outcome, proof, http, ctx)
}

/** The same for what leaves nothing to ask for. */
export async function admitFully(
  proof: Proof & ({ factor: SecondFactor } | { method: 'passkey' }),
  http: Http,
  ctx: AuthContext,
): Promise<SignedIn | null> {
  const answer = await admit(proof, http, ctx)
  if (answer !== null && 'mfaRequired' in answer) throw new TypeError('A second factor is not asked for twice')
  return answer
}

async function askFor(
  tx: Tx,
  factors: SecondFactor[],
  { account: { userId, sessionVersion }, method, mode }: Pick<Proof, 'account' | 'mode'> & { method: FirstFactor },
  http: Http,
  ctx: AuthContext,
): Promise<SignInAnswer> {
  const browserHash = mode === 'cookie' ? keepBrowser(http, ctx) : undefined
  const data = { method, sessionVersion }
  const { token, expiresAt } = await issueTicket(tx, { purpose: 'second-factor', userId, browserHash, data }, ctx)
  return { mfaRequired: true, challenge: token, factors, expiresAt: expiresAt.toISOString() }
}

async function open(tx: Tx, proof: Proof, { request }: Http, ctx: AuthContext): Promise<Opened> {
  const { account, method, factor, mode, isFirst = false } = proof
  const { userId } = account
  const { organizationId } = proof.user
  const isTrusted = isFirst || trustedDevice({ request }, account, ctx) !== undefined
  const isNew = !isTrusted && !(await isKnownPlace(tx, userId, ctx))
  const opened = await openSession(tx, { userId, organizationId }, ctx)
  const { sessionId } = opened
  const signedIn = { action: 'signed_in', userId, actorId: userId, organizationId, sessionId, method, factor } as const
  await (isNew ? recordAndAlert : record)(tx, signedIn, ctx)
  const replaced = mode === 'cookie' ? await replacePresented(tx, { request, by: sessionId }, ctx) : []
  const surplus = await endSurplusOf(tx, { userId, newest: sessionId }, ctx)
  await revoke(tx, [...replaced, ...surplus], ctx)
  return opened
}

async function welcome(opened: Opened, proof: Proof, http: Http, ctx: AuthContext): Promise<SignedIn> {
  const { account, user, mode } = proof
  if (mode === 'cookie') {
    rememberDevice(http, account, ctx)
    forgetOperator(http, ctx.publicUrl)
  }
  const { refreshToken } = opened
  const granted = await grantAccess({ session: opened, sessionVersion: account.sessionVersion, user }, ctx)
  return answerWith({ ...granted, refreshToken }, { mode, reply: http.reply, publicUrl: ctx.publicUrl })
}

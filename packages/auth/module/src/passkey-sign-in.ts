import { requireSameOrigin, type RawHttp, type Tx } from '@lightpress/kernel'
import type { AppError, Output } from '@lightpress/protocol'
import { generateAuthenticationOptions } from '@simplewebauthn/server'
import { eq } from 'drizzle-orm'
import { admitFully } from './admit.ts'
import { record, type Recorded } from './audit.ts'
import { keepBrowser } from './browser.ts'
import type { AuthContext, Ops } from './context.ts'
import { passkeys, takeForNetwork } from './limits.ts'
import type { Account } from './own-account.ts'
import { checkAnswer, passkeyRefused, type UsedPasskey } from './passkey-answers.ts'
import { relyingPartyOf } from './relying-party.ts'
import { account, passkey } from './schema.ts'
import { nobodyFound, readSessionUser } from './session-user.ts'
import { usePasskey, userHandleOf } from './stored-passkeys.ts'
import {
  CHALLENGE_MILLISECONDS,
  challengeInvalid,
  findTicket,
  issueTicket,
  redeemTicket,
  type Ticket,
} from './tickets.ts'

/** Asks for any passkey of ours: whose it is, it says itself. */
export async function startPasskeySignIn(
  http: RawHttp<Ops['startPasskeySignIn']>,
  ctx: AuthContext,
): Promise<Output<Ops['startPasskeySignIn']>> {
  requireSameOrigin(http.request, ctx)
  await takeForNetwork(passkeys, ctx)
  const options = await generateAuthenticationOptions({
    rpID: relyingPartyOf(http, ctx).id,
    allowCredentials: [],
    userVerification: 'required',
    timeout: CHALLENGE_MILLISECONDS,
  })
  const browserHash = keepBrowser(http, ctx)
  const data = { challenge: options.challenge }
  const { token } = await issueTicket(ctx.db, { purpose: 'passkey-sign-in', browserHash, data }, ctx)
  return { ticket: token, options: { ...options } }
}

/** Nothing else is asked for, so the passkey must have made sure who used it. */
export async function signInWithPasskey(
  http: RawHttp<Ops['signInWithPasskey']>,
  ctx: AuthContext,
): Promise<Output<Ops['signInWithPasskey']>> {
  requireSameOrigin(http.request, ctx)
  const ticket = await findTicket('passkey-sign-in', http.input.ticket, http, ctx)
  if (!ticket) throw await inVain(challengeInvalid(), ctx)
  const { owner, used } = await prove(ticket, http, ctx)
  const { userId } = owner
  const user = await readSessionUser({ userId, organizationId: null }, ctx)
  if (!user) {
    const refusal = await nobodyFound(userId, passkeyRefused(), ctx)
    throw await failed(refusal, { action: 'sign_in_failed', userId }, ctx)
  }
  const settle = async (tx: Tx) => {
    await redeemTicket(tx, ticket)
    await usePasskey(tx, used)
  }
  const proof = { account: owner, user, method: 'passkey', mode: 'cookie', settle } as const
  // Another password or role meanwhile: the passkey may hold still, by what holds now.
  return (await admitFully(proof, http, ctx)) ?? signInWithPasskey(http, ctx)
}

/** Whose passkey answered, or a refusal that tells nobody whether there is such a passkey. */
async function prove(
  { data: { challenge } }: Ticket<'passkey-sign-in'>,
  { input: { answer }, request }: RawHttp<Ops['signInWithPasskey']>,
  ctx: AuthContext,
): Promise<{ owner: Account; used: UsedPasskey }> {
  const party = relyingPartyOf({ request }, ctx)
  const [found] = await ctx.db
    .select({ owner: account, stored: passkey })
    .from(passkey)
    .innerJoin(account, eq(account.userId, passkey.userId))
    .where(eq(passkey.credentialId, answer.id))
  if (!found) throw await failed(passkeyRefused(), { action: 'sign_in_failed', userId: null }, ctx)
  const { owner, stored } = found
  const { userId } = owner
  const named = answer.response.userHandle === userHandleOf(userId)
  const used = named ? await checkAnswer(answer, stored, { challenge, party, verifyUser: true }) : null
  if (used) return { owner, used }
  throw await failed(passkeyRefused(), { action: 'second_factor_failed', userId, factor: 'passkey' }, ctx)
}

/** Only now: strangers behind the same address must not keep anybody's passkey from being taken. */
async function inVain(refusal: AppError, ctx: AuthContext): Promise<AppError> {
  await takeForNetwork(passkeys, ctx)
  return refusal
}

/** The refusal, once it is written down. */
async function failed(refusal: AppError, entry: Recorded, ctx: AuthContext): Promise<AppError> {
  await inVain(refusal, ctx)
  await ctx.withTx((tx) => record(tx, entry, ctx))
  return refusal
}

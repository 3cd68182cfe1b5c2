import { requireSameOrigin, type RawHttp, type Tx } from '@lightpress/kernel'
import type { Output } from '@lightpress/protocol'
import { keepBrowser } from './browser.ts'
import type { AuthContext, Ops } from './context.ts'
import { findBegun, finishSignIn } from './finish-sign-in.ts'
import { begun, take } from './limits.ts'
import { checkOwnPasskey, requestOwnPasskey } from './own-passkeys.ts'
import { passkeyRefused, type UsedPasskey } from './passkey-answers.ts'
import { usePasskey } from './stored-passkeys.ts'
import { challengeInvalid, findTicket, issueTicket, redeemTicket } from './tickets.ts'

export async function startPasskeyVerification(
  http: RawHttp<Ops['startPasskeyVerification']>,
  ctx: AuthContext,
): Promise<Output<Ops['startPasskeyVerification']>> {
  requireSameOrigin(http.request, ctx)
  const { ticket, account } = await findBegun(http.input.challenge, http, ctx)
  // Of the sign-in and not of the account: whoever has the password as well must not use up what its owner needs.
  await take(begun, ticket.id, ctx)
  const { userId } = account
  const options = await requestOwnPasskey(userId, http, ctx)
  const browserHash = keepBrowser(http, ctx)
  const data = { challenge: options.challenge, of: ticket.id }
  const { token } = await issueTicket(ctx.db, { purpose: 'passkey-second-factor', userId, browserHash, data }, ctx)
  return { ticket: token, options: { ...options } }
}

/** Only pages of ours can ask for a passkey, so it is answered by cookies, however the sign-in was begun. */
export async function verifyPasskey(
  http: RawHttp<Ops['verifyPasskey']>,
  ctx: AuthContext,
): Promise<Output<Ops['verifyPasskey']>> {
  const { input, request } = http
  requireSameOrigin(request, ctx)
  const signIn = await findBegun(input.challenge, http, ctx)
  const ticket = await findTicket('passkey-second-factor', input.ticket, http, ctx)
  if (ticket?.data.of !== signIn.ticket.id) throw challengeInvalid()
  const { answer } = input
  const { challenge } = ticket.data
  const attempt = {
    factor: 'passkey',
    mode: 'cookie',
    check: ({ userId }: { userId: string }) => checkOwnPasskey(userId, { answer, challenge, request }, ctx),
    async settle(tx: Tx, used: UsedPasskey) {
      await redeemTicket(tx, ticket)
      await usePasskey(tx, used)
    },
    wrong: passkeyRefused(),
  } as const
  return finishSignIn(signIn, attempt, http, ctx)
}

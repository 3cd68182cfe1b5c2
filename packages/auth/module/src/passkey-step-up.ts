import type { PasskeyAnswer } from '@lightpress/auth-contract'
import { identityOf, type RawHttp, type Tx } from '@lightpress/kernel'
import type { Output } from '@lightpress/protocol'
import { keepBrowser } from './browser.ts'
import type { AuthContext, Ops } from './context.ts'
import { guessFactor } from './finish-sign-in.ts'
import { checkOwnPasskey, requestOwnPasskey } from './own-passkeys.ts'
import { passkeyRefused } from './passkey-answers.ts'
import { usePasskey } from './stored-passkeys.ts'
import { challengeInvalid, findTicket, issueTicketWithin, redeemTicket } from './tickets.ts'

export async function startPasskeyStepUp(
  http: RawHttp<Ops['startPasskeyStepUp']>,
  ctx: AuthContext,
): Promise<Output<Ops['startPasskeyStepUp']>> {
  const { userId, sessionId } = identityOf(ctx)
  const options = await requestOwnPasskey(userId, http, ctx)
  const browserHash = keepBrowser(http, ctx)
  const purpose = 'passkey-step-up'
  const data = { challenge: options.challenge }
  const { token } = await issueTicketWithin({ purpose, userId, sessionId, browserHash, data }, ctx)
  return { ticket: token, options: { ...options } }
}

/** That a passkey of whoever is signed in is at hand. `settle` uses the proof up, under the account's lock. */
export async function provePasskeyStepUp(
  proof: { ticket: string; answer: PasskeyAnswer },
  http: Pick<RawHttp, 'request'>,
  ctx: AuthContext,
): Promise<{ settle: (tx: Tx) => Promise<void> }> {
  const { userId, sessionId } = identityOf(ctx)
  const ticket = await findTicket('passkey-step-up', proof.ticket, http, ctx)
  if (ticket?.userId !== userId) throw challengeInvalid()
  const { challenge } = ticket.data
  const check = () => checkOwnPasskey(userId, { answer: proof.answer, challenge, request: http.request }, ctx)
  const guess = { factor: 'passkey', check, wrong: passkeyRefused(), trusted: sessionId } as const
  const used = await guessFactor(userId, guess, ctx)
  return {
    async settle(tx) {
      await redeemTicket(tx, ticket)
      await usePasskey(tx, used)
    },
  }
}

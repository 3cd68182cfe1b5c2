import type { RawHttp, Tx } from '@lightpress/kernel'
import { AppError } from '@lightpress/protocol'
import type { AuthContext } from './context.ts'
import { findBegun, type Begun } from './finish-sign-in.ts'
import { holdAccount } from './hold-account.ts'
import { readSessionUser } from './session-user.ts'
import { challengeInvalid, requireOpenTicket } from './tickets.ts'

/**
 * Whoever is at the end of a sign-in that wants a second factor, by a first one that is not the mailbox: the mails of a
 * recovery go there, and one and the same must not be asked for twice.
 */
export async function findRecoverer(
  challenge: string,
  http: Pick<RawHttp, 'request'>,
  ctx: AuthContext,
): Promise<Begun> {
  const begun = await findBegun(challenge, http, ctx)
  if (!isMoreThanMailbox(begun)) throw recoveryNotPossible()
  const { userId } = begun.account
  if (!(await readSessionUser({ userId, organizationId: null }, ctx))) throw challengeInvalid()
  return begun
}

/** Holds the account until the transaction ends, if all is as it was when it was proved. */
export async function holdRecoverer(tx: Tx, { ticket, account }: Begun): Promise<void> {
  const current = await holdAccount(tx, account.userId)
  if (current?.sessionVersion !== account.sessionVersion) throw challengeInvalid()
  await requireOpenTicket(tx, ticket)
}

/**
 * A password that was chosen by a link of a mail proves no more than that link did, until a second factor is proved. An
 * account at a provider is very often the mailbox itself (Google's is), or has its password reset by a mail to it.
 */
function isMoreThanMailbox({ ticket, account }: Begun): boolean {
  return ticket.data.method === 'password' && !account.passwordByMail
}

function recoveryNotPossible(): AppError {
  return new AppError(
    'forbidden',
    'auth.recovery_not_possible',
    'Your mailbox is not enough for this, nor is a provider. Sign in with a password that you have not just reset.',
  )
}

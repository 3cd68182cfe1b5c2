import { identityOf, newId, type RawHttp, type Tx } from '@lightpress/kernel'
import { AppError, type Output } from '@lightpress/protocol'
import { generateRegistrationOptions } from '@simplewebauthn/server'
import { noteAddedFactor } from './added-factor.ts'
import { recordAndAlert } from './audit.ts'
import { keepBrowser } from './browser.ts'
import type { AuthContext, Ops } from './context.ts'
import { begun, take } from './limits.ts'
import { holdOwnAccount, readOwnAccount } from './own-account.ts'
import { ALGORITHMS, passkeyRefused, readNewPasskey, type MadePasskey } from './passkey-answers.ts'
import { defaultName } from './passkey-names.ts'
import { drawFirstRecoveryCodes, hasRecoveryCodes } from './recovery-codes.ts'
import { relyingPartyOf } from './relying-party.ts'
import { revoke } from './revocations.ts'
import { passkey } from './schema.ts'
import { readSessionUser } from './session-user.ts'
import { sessionEnded } from './sessions.ts'
import { describePasskey, descriptorOf, passkeysOf, userIdBytes, type StoredPasskey } from './stored-passkeys.ts'
import { CHALLENGE_MILLISECONDS, challengeInvalid, findTicket, issueTicketWithin, redeemTicket } from './tickets.ts'

/** As many as somebody may have devices and keys; each is in every list that a browser is asked with. */
const MOST = 20

export async function startPasskeyRegistration(
  http: RawHttp<Ops['startPasskeyRegistration']>,
  ctx: AuthContext,
): Promise<Output<Ops['startPasskeyRegistration']>> {
  const { userId, sessionId } = identityOf(ctx)
  const { id: rpID } = relyingPartyOf(http, ctx)
  await take(begun, userId, ctx)
  const user = await readSessionUser({ userId, organizationId: null }, ctx)
  if (!user) throw sessionEnded()
  const own = await passkeysOf(ctx.db, userId)
  const options = await generateRegistrationOptions({
    rpID,
    rpName: 'Lightpress',
    userID: userIdBytes(userId),
    userName: user.email,
    userDisplayName: user.name,
    excludeCredentials: own.map(descriptorOf),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    attestationType: 'none',
    supportedAlgorithmIDs: ALGORITHMS,
    timeout: CHALLENGE_MILLISECONDS,
  })
  const browserHash = keepBrowser(http, ctx)
  const purpose = 'passkey-registration'
  const data = { challenge: options.challenge }
  const { token } = await issueTicketWithin({ purpose, userId, sessionId, browserHash, data }, ctx)
  return { ticket: token, options: { ...options } }
}

export async function registerPasskey(
  http: RawHttp<Ops['registerPasskey']>,
  ctx: AuthContext,
): Promise<Output<Ops['registerPasskey']>> {
  const { input } = http
  const own = await readOwnAccount(ctx)
  const { userId } = own
  const ticket = await findTicket('passkey-registration', input.ticket, http, ctx)
  if (ticket?.userId !== userId) throw challengeInvalid()
  const { challenge } = ticket.data
  const made = await readNewPasskey(input.answer, { challenge, party: relyingPartyOf(http, ctx) })
  if (!made) throw passkeyRefused()
  // Whoever has as many passkeys as there can be has codes: nothing is hashed for them.
  const drawn = await drawFirstRecoveryCodes(userId, ctx)
  const answer = await ctx.withTx(async (tx) => {
    await holdOwnAccount(tx, own, ctx)
    if (drawn === null && !(await hasRecoveryCodes(tx, userId))) return null
    await redeemTicket(tx, ticket)
    const added = await add(tx, userId, { ...made, name: input.name })
    await recordAndAlert(tx, { action: 'passkey_added', userId, factor: 'passkey' }, ctx)
    const { recoveryCodes, revoked } = await noteAddedFactor(tx, drawn, ctx)
    await revoke(tx, revoked, ctx)
    return { passkey: describePasskey(added), recoveryCodes }
  })
  // Their last factor went meanwhile, and the codes with it: they need others now.
  return answer ?? registerPasskey(http, ctx)
}

async function add(
  tx: Tx,
  userId: string,
  { aaguid, name, ...made }: MadePasskey & { name: string | undefined },
): Promise<StoredPasskey> {
  const own = await passkeysOf(tx, userId)
  if (own.length >= MOST) {
    const message = `You have ${MOST} passkeys, which is as many as there can be. Remove one first.`
    throw new AppError('conflict', 'auth.too_many_passkeys', message)
  }
  const taken = own.map((one) => one.name)
  const row = { id: newId(), userId, ...made, name: name ?? defaultName(aaguid, taken) }
  const [added] = await tx.insert(passkey).values(row).onConflictDoNothing({ target: passkey.credentialId }).returning()
  if (!added) throw new AppError('conflict', 'auth.passkey_known', 'This passkey was added already.')
  return added
}

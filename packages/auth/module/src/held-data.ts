import { about, kept, type HeldData } from '@lightpress/kernel'
import { and, eq, inArray, isNotNull, isNull, ne, or, sql, type SQL } from 'drizzle-orm'
import { QueryBuilder } from 'drizzle-orm/pg-core'
import type { AuthContext } from './context.ts'
import { holdAllOf } from './hold-account.ts'
import { release } from './release.ts'
import {
  account,
  allowance,
  apiKey,
  auditEntry,
  auditOrigin,
  emailChange,
  linkedSignIn,
  lockout,
  passkey,
  passwordReset,
  recovery,
  recoveryCode,
  refreshToken,
  registration,
  revocation,
  session,
  shutOrganization,
  signingKey,
  ticket,
  totp,
} from './schema.ts'

const auditKept = kept('The security log is never changed; without the rest, its ids lead to nobody.')
const MACS = 'Nobody can be found by its keys, which are MACs; it is swept when it is over.'

/**
 * What auth holds about people and organisations. An address leads to its person for as long as there is the account, so
 * that goes last.
 */
export const data: HeldData<AuthContext> = {
  holdings: [
    {
      name: 'refresh tokens',
      table: refreshToken,
      person: about((id) =>
        inArray(refreshToken.sessionId, sessions(or(eq(session.userId, id), eq(session.impersonatorId, id)))),
      ),
      secret: ['hash'],
    },
    {
      name: 'sign-ins and links that were begun',
      table: ticket,
      person: about((id) => or(eq(ticket.userId, id), eq(ticket.emailKey, addressOf(id)))),
      secret: ['browserHash', 'data'],
    },
    { name: 'sessions', table: session, person: about(isOwnSession) },
    {
      name: 'sessions of our support as others',
      table: session,
      person: about(isImpersonation),
      // Of the operator who acted as somebody.
      secret: ['ip', 'userAgent'],
    },
    {
      name: 'authenticator app',
      table: totp,
      person: about((id) => eq(totp.userId, id)),
      secret: ['sealedSecret', 'sealedCandidate'],
    },
    {
      name: 'recovery codes',
      table: recoveryCode,
      person: about((id) => eq(recoveryCode.userId, id)),
      secret: ['hash'],
    },
    { name: 'passkeys', table: passkey, person: about((id) => eq(passkey.userId, id)) },
    { name: 'linked sign-ins', table: linkedSignIn, person: about((id) => eq(linkedSignIn.userId, id)) },
    { name: 'recoveries', table: recovery, person: about((id) => eq(recovery.userId, id)) },
    { name: 'changes of address', table: emailChange, person: about((id) => eq(emailChange.userId, id)) },
    {
      name: 'changes of others to this address',
      table: emailChange,
      person: about((id) => and(ne(emailChange.userId, id), eq(emailChange.newEmailKey, addressOf(id)))),
      unexported: true,
    },
    {
      name: 'password resets',
      table: passwordReset,
      person: about((id) => eq(passwordReset.emailKey, addressOf(id))),
    },
    {
      name: 'registrations',
      table: registration,
      person: about((id) => or(eq(registration.userId, id), eq(registration.emailKey, addressOf(id)))),
      secret: ['passwordHash', 'browserHash'],
    },
    {
      name: 'devices and addresses in the security log',
      table: auditOrigin,
      person: about((id) => inArray(auditOrigin.entryId, entries(isOwnAct(id)))),
      // Why an operator did it, which says something of whom it was done to.
      secret: ['note'],
    },
    {
      name: 'devices and addresses of others in the security log',
      table: auditOrigin,
      person: about((id) =>
        inArray(auditOrigin.entryId, entries(and(isInvolved(id), sql`(${isOwnAct(id)}) is not true`))),
      ),
      unexported: true,
    },
    { name: 'security log', table: auditEntry, person: about(isInvolved, auditKept) },
    {
      name: 'security log of an organisation',
      table: auditEntry,
      organization: about((id) => eq(auditEntry.organizationId, id), auditKept),
      // When its members sign in is theirs.
      unexported: true,
    },
    {
      name: 'API keys',
      table: apiKey,
      organization: about((id) => eq(apiKey.organizationId, id)),
      secret: ['hash'],
    },
    {
      name: 'API keys made for organisations',
      table: apiKey,
      person: about(
        (id) => eq(apiKey.createdBy, id),
        kept('They belong to the organisation, and do not work any more. They know their maker by an id.'),
      ),
      secret: ['hash'],
    },
    { name: 'account', table: account, person: about((id) => eq(account.userId, id)), secret: ['passwordHash'] },
  ],
  impersonal: [
    { table: signingKey, because: 'Access tokens are signed with them, whoever they are for.' },
    {
      table: revocation,
      because: 'Says for a day of which ids no access token is good any more.',
      ids: ['sessionId', 'userId', 'apiKeyId', 'organizationId'],
    },
    { table: shutOrganization, because: 'Says of which ids nothing is good any more.' },
    { table: allowance, because: MACS },
    { table: lockout, because: MACS },
  ],
  hold: async (tx, { kind, id }) => kind === 'person' && holdAllOf(tx, id),
  release,
}

const query = new QueryBuilder()

function addressOf(userId: string) {
  return query.select({ emailKey: account.emailKey }).from(account).where(eq(account.userId, userId))
}

function sessions(which: SQL | undefined) {
  return query.select({ id: session.id }).from(session).where(which)
}

function entries(which: SQL | undefined) {
  return query.select({ id: auditEntry.id }).from(auditEntry).where(which)
}

function isOwnSession(id: string) {
  return and(eq(session.userId, id), isNull(session.impersonatorId))
}

/** Somebody of ours acted as this person in it, or this person as somebody else. */
function isImpersonation(id: string) {
  return and(isNotNull(session.impersonatorId), or(eq(session.userId, id), eq(session.impersonatorId, id)))
}

function isInvolved(id: string) {
  return or(eq(auditEntry.userId, id), eq(auditEntry.actorId, id), eq(auditEntry.impersonatorId, id))
}

/** Or of somebody who was not signed in, as far as that is known. */
function isOwnAct(id: string) {
  const theirs = or(eq(auditEntry.actorId, id), and(isNull(auditEntry.actorId), eq(auditEntry.userId, id)))
  return and(theirs, isNull(auditEntry.impersonatorId))
}

import { newId, type Db, type RawHttp, type Tx } from '@lightpress/kernel'
import { AppError } from '@lightpress/protocol'
import { and, eq, gt, isNull, or, sql } from 'drizzle-orm'
import { browserHashOf } from './browser.ts'
import type { AuthContext } from './context.ts'
import { holdAccount } from './hold-account.ts'
import { createLinkToken, parseLinkToken } from './links.ts'
import { ticket } from './schema.ts'

/** What is begun now and gone on with later, and what must be known then. */
export interface TicketData {
  'magic-link': Record<string, never>
  /** After a first factor: by which, and of the account as it was then. */
  'second-factor': { method: FirstFactor; sessionVersion: number }
  'passkey-registration': { challenge: string }
  'passkey-sign-in': { challenge: string }
  /** `of`: the ticket of the sign-in that it ends. */
  'passkey-second-factor': { challenge: string; of: string }
  'passkey-step-up': { challenge: string }
  oidc: { provider: string; intent: 'sign_in' | 'link' | 'step_up'; next: string | null }
}
export type TicketPurpose = keyof TicketData

/** One factor: whoever has a second is asked for it. */
export type FirstFactor = 'password' | 'magic_link' | 'oidc'

export interface Ticket<P extends TicketPurpose> {
  id: string
  purpose: P
  userId: string | null
  emailKey: string | null
  sessionId: string | null
  createdAt: Date
  expiresAt: Date
  data: TicketData[P]
}

const MINUTE = 60_000
/** For how long a browser is to wait for its person with a passkey: as long as the ticket is good. */
export const CHALLENGE_MILLISECONDS = 5 * MINUTE
const LIFETIMES: Record<TicketPurpose, number> = {
  'magic-link': 10 * MINUTE,
  'second-factor': 10 * MINUTE,
  'passkey-registration': CHALLENGE_MILLISECONDS,
  'passkey-sign-in': CHALLENGE_MILLISECONDS,
  'passkey-second-factor': CHALLENGE_MILLISECONDS,
  'passkey-step-up': CHALLENGE_MILLISECONDS,
  oidc: 10 * MINUTE,
}

/** What a ticket is good for, and only for. What is left out is not asked for. */
export interface NewTicket<P extends TicketPurpose> {
  purpose: P
  data: TicketData[P]
  userId?: string | undefined
  emailKey?: string
  /** Only in this session. */
  sessionId?: string
  /** Only in this browser: see `keepBrowser`. */
  browserHash?: string | undefined
}

/** Makes a ticket. Its token is good once, until `expiresAt`, for one purpose, and where and for whom it says. */
export async function issueTicket<P extends TicketPurpose>(
  db: Db | Tx,
  { purpose, data, ...bound }: NewTicket<P>,
  { secrets }: AuthContext,
): Promise<{ id: string; token: string; expiresAt: Date }> {
  const id = newId()
  const expiresAt = new Date(Date.now() + LIFETIMES[purpose])
  await db.insert(ticket).values({ id, purpose, data, expiresAt, ...bound })
  return { id, token: ticketToken(purpose, id, secrets), expiresAt }
}

/** The same within a session, which has one of a purpose at a time: with this one the one before is worth nothing. */
export async function issueTicketWithin<P extends TicketPurpose>(
  wanted: NewTicket<P> & { userId: string; sessionId: string },
  ctx: AuthContext,
): Promise<{ id: string; token: string; expiresAt: Date }> {
  const { purpose, userId, sessionId } = wanted
  const before = and(eq(ticket.userId, userId), eq(ticket.sessionId, sessionId), eq(ticket.purpose, purpose))
  return ctx.withTx(async (tx) => {
    await holdAccount(tx, userId)
    await tx.delete(ticket).where(and(before, isNull(ticket.settledAt)))
    return issueTicket(tx, wanted, ctx)
  })
}

/** What makes a ticket good: see `createLinkToken`. */
export function ticketToken(purpose: TicketPurpose, id: string, secrets: AuthContext['secrets']): string {
  return createLinkToken(`ticket-${purpose}`, id, secrets)
}

/**
 * The ticket that a token is for, if it can be gone on with here: not used, not too old, for this purpose, in the
 * session and in the browser that it is bound to. It tells nobody which of that was wrong.
 */
export async function findTicket<P extends TicketPurpose>(
  purpose: P,
  token: string,
  { request }: Pick<RawHttp, 'request'>,
  ctx: AuthContext,
): Promise<Ticket<P> | undefined> {
  const id = parseLinkToken(`ticket-${purpose}`, token, ctx.secrets)
  if (id === undefined) return undefined
  const browserHash = browserHashOf({ request }, ctx)
  const sessionId = ctx.caller.identity?.sessionId
  const [found] = await ctx.db
    .select()
    .from(ticket)
    .where(
      and(
        eq(ticket.id, id),
        eq(ticket.purpose, purpose),
        isOpen(),
        or(isNull(ticket.browserHash), browserHash === undefined ? undefined : eq(ticket.browserHash, browserHash)),
        or(isNull(ticket.sessionId), sessionId === undefined ? undefined : eq(ticket.sessionId, sessionId)),
      ),
    )
  return found as Ticket<P> | undefined
}

/** The ticket with this id, while it can be gone on with: for the mail that its token goes into. */
export async function readTicket<P extends TicketPurpose>(
  purpose: P,
  id: string,
  { db }: AuthContext,
): Promise<Ticket<P> | undefined> {
  const [found] = await db
    .select()
    .from(ticket)
    .where(and(eq(ticket.id, id), eq(ticket.purpose, purpose), isOpen()))
  return found as Ticket<P> | undefined
}

/** Uses a ticket up. Of many at once one does; the others are refused, and so is one that came too late. */
export async function redeemTicket(
  tx: Tx,
  { id }: Pick<Ticket<TicketPurpose>, 'id'>,
  refusal = challengeInvalid(),
): Promise<void> {
  const redeemed = await tx
    .update(ticket)
    .set({ settledAt: sql`now()` })
    .where(and(eq(ticket.id, id), isOpen()))
    .returning({ id: ticket.id })
  if (redeemed.length === 0) throw refusal
}

/** Refuses what was used up meanwhile, for whoever goes on with a ticket and leaves it good. */
export async function requireOpenTicket(tx: Tx, { id }: Pick<Ticket<TicketPurpose>, 'id'>): Promise<void> {
  if ((await tx.$count(ticket, and(eq(ticket.id, id), isOpen()))) === 0) throw challengeInvalid()
}

/** What was begun for a person, or by a link to their address, is worth nothing from then on. */
export async function settleTicketsOf(
  tx: Tx,
  { userId, emailKey }: { userId: string; emailKey: string },
): Promise<void> {
  await tx
    .update(ticket)
    .set({ settledAt: sql`now()` })
    .where(and(or(eq(ticket.userId, userId), eq(ticket.emailKey, emailKey)), isNull(ticket.settledAt)))
}

/** The links to sign in with that were mailed to an address are worth nothing from then on. */
export async function settleLinksTo(tx: Tx, emailKey: string): Promise<void> {
  await tx
    .update(ticket)
    .set({ settledAt: sql`now()` })
    .where(and(eq(ticket.emailKey, emailKey), eq(ticket.purpose, 'magic-link'), isNull(ticket.settledAt)))
}

export function challengeInvalid(): AppError {
  return new AppError('invalid', 'auth.challenge_invalid', 'This took too long, or was done already. Begin again.')
}

/** `clock_timestamp()`: the transaction may have waited for somebody else's. */
function isOpen() {
  return and(isNull(ticket.settledAt), gt(ticket.expiresAt, sql`clock_timestamp()`))
}

import type { Db } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import { and, eq, isNull, type SQL } from 'drizzle-orm'
import type { Ops, UsersContext } from './context.ts'
import { imageUrl } from './image-url.ts'
import { invitationInvalid } from './invitation-refusals.ts'
import { isAsLinked, isGood, isInviter } from './invitation-rows.ts'
import { createLinkToken, parseLinkToken } from './link-token.ts'
import { organizationSuspended } from './organization-access.ts'
import { invitation, organization, person } from './schema.ts'

// What an invitation says to whoever holds its link, or is to be sent it. Whoever holds it reads the mail of the
// address, so that may be told.

export async function previewInvitation(
  { token }: Input<Ops['previewInvitation']>,
  ctx: UsersContext,
): Promise<Output<Ops['previewInvitation']>> {
  const found = await findByToken(token, ctx)
  if (!found) throw invitationInvalid()
  if (found.suspended) throw organizationSuspended()
  const { organizationName, logo, inviterName, email, role, expiresAt } = found
  const organizationLogoUrl = imageUrl(logo)
  return { organizationName, organizationLogoUrl, inviterName, email, role, expiresAt: expiresAt.toISOString() }
}

export async function readInvitation(
  { token }: Input<Ops['readInvitation']>,
  ctx: UsersContext,
): Promise<Output<Ops['readInvitation']>> {
  const found = await findByToken(token, ctx)
  if (!found || found.suspended) return { invitation: null }
  const { id, organizationId, email, inviterLocale } = found
  return { invitation: { id, organizationId, email, locale: inviterLocale } }
}

/** In the language of whoever has the address; of somebody we do not know, in that of who invites them. */
export async function readInvitationMail(
  { invitationId }: Input<Ops['readInvitationMail']>,
  ctx: UsersContext,
): Promise<Output<Ops['readInvitationMail']>> {
  const found = await findGood(ctx.db, invitationId)
  if (!found || found.suspended) return { mail: null }
  const { email, emailKey, organizationName, inviterName, inviterLocale, role, expiresAt } = found
  const [invited] = await ctx.db
    .select({ locale: person.locale })
    .from(person)
    .where(and(eq(person.emailKey, emailKey), isNull(person.closedAt)))
  const locale = invited?.locale ?? inviterLocale
  const token = createLinkToken(found, ctx.linkKey)
  return { mail: { email, locale, organizationName, inviterName, role, expiresAt: expiresAt.toISOString(), token } }
}

async function findByToken(token: string, { linkKey, db }: UsersContext) {
  const linked = parseLinkToken(token, linkKey)
  return linked && findGood(db, linked.id, isAsLinked(linked))
}

/** One that can be accepted, its organisation and who invites. */
async function findGood(db: Db, id: string, asWhat?: SQL) {
  const [found] = await db
    .select({ invitation, organization, inviter: { name: person.name, locale: person.locale } })
    .from(invitation)
    .innerJoin(organization, eq(organization.id, invitation.organizationId))
    .innerJoin(person, isInviter())
    .where(and(eq(invitation.id, id), asWhat, isGood(), isNull(organization.closedAt)))
  if (found?.invitation.email == null || found.invitation.emailKey === null) return undefined
  const { organizationId, email, emailKey, role, expiresAt } = found.invitation
  const { name: organizationName, logo, suspendedAt } = found.organization
  return {
    ...{ id, organizationId, email, emailKey, role, expiresAt },
    ...{ organizationName, logo, suspended: suspendedAt !== null },
    ...{ inviterName: found.inviter.name, inviterLocale: found.inviter.locale },
  }
}

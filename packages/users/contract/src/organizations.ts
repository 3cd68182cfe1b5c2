import { command, DisplayName, EmailAddress, Page, pageOf, query, raw } from '@lightpress/protocol'
import { z } from 'zod'
import { ImageUrl, Locale, Moment, pictureTypes, Role, SearchText } from './shapes.ts'

export const Organization = z.object({
  id: z.uuid(),
  name: z.string(),
  logoUrl: ImageUrl,
  /** Somebody's own, which came with them: it goes when they go, and cannot be handed on. */
  personal: z.boolean(),
  /** The caller's own, which they cannot leave. */
  ownPersonal: z.boolean(),
  /** Kept shut by an operator: nobody acts in it. */
  suspended: z.boolean(),
  /** The caller's role in it. */
  role: Role,
  memberCount: z.number().int(),
  createdAt: z.iso.datetime(),
})
export type Organization = z.infer<typeof Organization>

export const Member = z.object({
  userId: z.uuid(),
  name: z.string(),
  email: z.string(),
  avatarUrl: ImageUrl,
  role: Role,
  joinedAt: z.iso.datetime(),
})
export type Member = z.infer<typeof Member>

export const ActivityAction = z.enum([
  'organization_created',
  'organization_renamed',
  'logo_changed',
  'logo_removed',
  'member_invited',
  'invitation_resent',
  'invitation_revoked',
  'member_joined',
  'member_left',
  'member_removed',
  'role_changed',
  'ownership_transferred',
  'export_requested',
  'organization_suspended',
  'organization_restored',
  'webhook_added',
  'webhook_repointed',
  'webhook_enabled',
  'webhook_disabled',
  'webhook_secret_rotated',
  'webhook_deleted',
])
export type ActivityAction = z.infer<typeof ActivityAction>

/** Who did what in an organisation. Of people who are no more, only ids are left. */
export const Activity = z.object({
  id: z.uuid(),
  at: z.iso.datetime(),
  action: ActivityAction,
  /** Who did it; null for us, and for a program. */
  actor: z.object({ id: z.uuid(), name: z.string().nullable() }).nullable(),
  /** Done by a program, with an API key of the organisation's. */
  byProgram: z.boolean(),
  /** Done by an operator who acted as the actor. */
  impersonated: z.boolean(),
  /** Whom it is about; of an invitation there is an address only. */
  person: z.object({ id: z.uuid().nullable(), name: z.string().nullable(), email: z.string().nullable() }).nullable(),
  /** Which webhook endpoint it is about. */
  webhookEndpointId: z.uuid().nullable(),
  /** Of a role that was given, and the one before. */
  role: Role.nullable(),
  formerRole: Role.nullable(),
  /** Of a renaming. */
  name: z.string().nullable(),
  formerName: z.string().nullable(),
})
export type Activity = z.infer<typeof Activity>

export const ActivityFilter = z.object({
  action: ActivityAction.optional(),
  actorId: z.uuid().optional(),
  /** Inclusive. */
  from: Moment.optional(),
  /** Exclusive. */
  until: Moment.optional(),
})
export type ActivityFilter = z.infer<typeof ActivityFilter>

export const Invitation = z.object({
  id: z.uuid(),
  email: z.string(),
  role: Role,
  state: z.enum(['pending', 'expired', 'accepted', 'revoked']),
  invitedBy: z.object({ id: z.uuid(), name: z.string().nullable() }),
  createdAt: z.iso.datetime(),
  /** When its mail was last asked for. */
  sentAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
})
export type Invitation = z.infer<typeof Invitation>

/** What somebody sees who holds the link of an invitation, and so reads the mail of its address. */
export const InvitationPreview = z.object({
  organizationName: z.string(),
  organizationLogoUrl: ImageUrl,
  inviterName: z.string().nullable(),
  email: z.string(),
  role: Role,
  expiresAt: z.iso.datetime(),
})
export type InvitationPreview = z.infer<typeof InvitationPreview>

const id = z.uuid()
/** What is in the link of a mail. */
const LinkToken = z.string().max(500)

export const organizationOperations = {
  listOrganizations: query({
    path: '/v1/organizations',
    access: 'user',
    summary: "The person's organisations, oldest first.",
    input: Page,
    output: pageOf(Organization),
  }),
  createOrganization: command({
    path: '/v1/organizations',
    access: 'user',
    assurance: 'self',
    summary: 'Makes an organisation whose owner is the person. Takes an Idempotency-Key.',
    status: 201,
    input: z.object({ name: DisplayName }),
    output: Organization,
  }),
  getOrganization: query({
    path: '/v1/organizations/:id',
    access: 'user',
    summary: 'One organisation of the person.',
    input: z.object({ id }),
    output: Organization,
  }),
  updateOrganization: command({
    method: 'PATCH',
    path: '/v1/organizations/:id',
    access: 'user',
    assurance: 'self',
    summary: 'Renames an organisation; its admins and owners may.',
    input: z.object({ id, name: DisplayName }),
    output: Organization,
  }),
  setLogo: raw({
    method: 'POST',
    path: '/v1/organizations/:id/logo',
    access: 'user',
    assurance: 'self',
    summary:
      'Sets the logo; admins and owners may. multipart/form-data with one file, the image itself, or JSON `{ uploadId }`.',
    takes: pictureTypes,
    input: z.object({ id, uploadId: z.uuid().optional() }),
    output: Organization,
  }),
  removeLogo: command({
    method: 'DELETE',
    path: '/v1/organizations/:id/logo',
    access: 'user',
    assurance: 'self',
    summary: 'Takes the logo away; admins and owners may. Again is the same as once.',
    input: z.object({ id }),
    output: Organization,
  }),
  transferOrganization: command({
    path: '/v1/organizations/:id/transfer',
    access: 'user',
    assurance: 'recent',
    summary:
      'Makes another member owner in place of the one who asks, who stays as an admin. Again is the same as once.',
    input: z.object({ id, userId: z.uuid() }),
    output: Organization,
  }),
  listMembers: query({
    path: '/v1/organizations/:id/members',
    access: 'user',
    summary: 'The members of an organisation of the person, in the order in which they joined.',
    input: z.object({ id, query: SearchText.optional(), role: Role.optional() }).extend(Page.shape),
    output: pageOf(Member),
  }),
  updateMember: command({
    method: 'PATCH',
    path: '/v1/organizations/:id/members/:userId',
    access: 'user',
    assurance: 'self',
    summary: 'Gives a member another role: admins among members and admins, owners any. An owner remains.',
    input: z.object({ id, userId: z.uuid(), role: Role }),
    output: Member,
  }),
  removeMember: command({
    method: 'DELETE',
    path: '/v1/organizations/:id/members/:userId',
    access: 'user',
    assurance: 'self',
    summary:
      'Removes a member, within a second everywhere; oneself: leaves. Again is the same as once. An owner remains.',
    input: z.object({ id, userId: z.uuid() }),
    output: z.object({ status: z.literal('removed') }),
  }),
  listInvitations: query({
    path: '/v1/organizations/:id/invitations',
    access: 'user',
    summary:
      'The invitations of an organisation that nobody has accepted or revoked, newest first; for admins and owners.',
    input: z.object({ id }).extend(Page.shape),
    output: pageOf(Invitation),
  }),
  inviteMember: command({
    path: '/v1/organizations/:id/invitations',
    access: 'user',
    assurance: 'self',
    summary: 'Invites somebody by e-mail, for seven days; again renews the one that waits. Admins and owners may.',
    status: 201,
    input: z.object({ id, email: EmailAddress, role: Role }),
    output: Invitation,
  }),
  resendInvitation: command({
    path: '/v1/organizations/:id/invitations/:invitationId/resend',
    access: 'user',
    assurance: 'self',
    summary: 'Sends the mail of an invitation again, for another seven days.',
    input: z.object({ id, invitationId: z.uuid() }),
    output: Invitation,
  }),
  revokeInvitation: command({
    method: 'DELETE',
    path: '/v1/organizations/:id/invitations/:invitationId',
    access: 'user',
    assurance: 'self',
    summary: 'Makes the link of an invitation worthless. Again is the same as once.',
    input: z.object({ id, invitationId: z.uuid() }),
    output: z.object({ status: z.literal('revoked') }),
  }),
  previewInvitation: command({
    path: '/v1/invitations/preview',
    access: 'public',
    summary: 'What the link of an invitation is about. A POST, so that its token stands in no address.',
    input: z.object({ token: LinkToken }),
    output: InvitationPreview,
  }),
  acceptInvitation: command({
    path: '/v1/invitations/accept',
    access: 'user',
    assurance: 'self',
    summary: 'Joins the organisation, if the invitation is for the address of whoever is signed in.',
    input: z.object({ token: LinkToken }),
    output: Organization,
  }),
  listOrganizationActivity: query({
    path: '/v1/organizations/:id/activity',
    access: 'user',
    summary: 'What happened in an organisation, newest first; for its admins and owners.',
    input: z.object({ id }).extend(ActivityFilter.shape).extend(Page.shape),
    output: pageOf(Activity),
  }),

  readInvitation: query({
    access: 'service',
    summary: 'The invitation that a link is about; null for one that is not good (any more).',
    input: z.object({ token: LinkToken }),
    output: z.object({
      invitation: z.object({ id: z.uuid(), organizationId: z.uuid(), email: z.string(), locale: Locale }).nullable(),
    }),
  }),
  acceptInvitationFor: command({
    access: 'service',
    summary: 'Joins a person who proved that the address of the invitation is theirs. Idempotent by both ids.',
    input: z.object({ invitationId: z.uuid(), userId: z.uuid() }),
    output: z.object({ organizationId: z.uuid().nullable() }),
  }),
  readInvitationMail: query({
    access: 'service',
    summary: 'What to write to whoever is invited; null once there is nothing to accept.',
    input: z.object({ invitationId: z.uuid() }),
    output: z.object({
      mail: z
        .object({
          email: z.string(),
          locale: Locale,
          organizationName: z.string(),
          inviterName: z.string().nullable(),
          role: Role,
          expiresAt: z.iso.datetime(),
          /** Opens the organisation to whoever has the address, so it goes into the mail and nowhere else. */
          token: z.string(),
        })
        .nullable(),
    }),
  }),
}

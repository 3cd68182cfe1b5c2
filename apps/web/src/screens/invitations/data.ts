import type { Role } from '@lightpress/protocol'
import { action, json } from '@solidjs/router'
import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'
import { users } from '../../api/users.ts'

const pageLength = 25

export const getInvitations = read('invitations', (id: string, cursor: string | undefined) =>
  readPage(cursor, (from) => users.listInvitations({ id, limit: pageLength, ...from })),
)

/** What an invitation that is sent or revoked makes old. */
export const aboutInvitations = [getInvitations.key, 'organization-activity']

export function invite(id: string, email: string, role: Role) {
  return users.inviteMember({ id, email, role })
}

export const resendInvitation = action(async (id: string, invitationId: string) => {
  return json(await users.resendInvitation({ id, invitationId }), { revalidate: aboutInvitations })
}, 'resend-invitation')

export const revokeInvitation = action(async (id: string, invitationId: string) => {
  return json(await users.revokeInvitation({ id, invitationId }), { revalidate: aboutInvitations })
}, 'revoke-invitation')

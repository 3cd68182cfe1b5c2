import { ranksAtLeast, type Role } from '@lightpress/protocol'

/** From the one who may least to the one who may most. */
export const roles: readonly Role[] = ['member', 'admin', 'owner']

export const roleWords: Record<Role, { label: string; may: string }> = {
  member: { label: 'Member', may: 'Works in the organisation and sees who is in it.' },
  admin: { label: 'Admin', may: 'Manages members, invitations, API keys and billing as well.' },
  owner: { label: 'Owner', may: 'Does everything, and can hand the organisation on or delete it.' },
}

/** The roles that somebody with this one can give: admins no more than their own. Members give none. */
export function grantableRoles(own: Role): readonly Role[] {
  return ranksAtLeast(own, 'admin') ? roles.filter((role) => ranksAtLeast(own, role)) : []
}

/** Whether somebody can change the role of another or remove them: admins manage members and admins, owners all. */
export function mayManage(own: Role, other: Role): boolean {
  return ranksAtLeast(own, 'admin') && ranksAtLeast(own, other)
}

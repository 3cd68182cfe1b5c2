import { ranksAtLeast, type Role } from '@lightpress/protocol'

// Members change nobody. Admins manage members and admins: they neither make owners nor touch them. Owners manage all.
// That an owner remains is not to be seen from two roles: see `requireAnotherOwner`.

/** Whether somebody with this role may have others in as `given`. */
export function mayInvite(role: Role, given: Role): boolean {
  return manages(role, given)
}

/** Whether somebody with this role may make somebody else who is `from` a `to`. */
export function mayChangeRole(role: Role, { from, to }: { from: Role; to: Role }): boolean {
  return manages(role, from) && manages(role, to)
}

/** Whether somebody may make themselves a `to`: what stepping down takes away is their own, so they ask nobody. */
export function mayBecome(role: Role, to: Role): boolean {
  return ranksAtLeast(role, to)
}

/** Whether somebody with this role may put out somebody else who is a `member`. Whoever is in may leave. */
export function mayRemove(role: Role, member: Role): boolean {
  return manages(role, member)
}

function manages(role: Role, other: Role): boolean {
  return role !== 'member' && ranksAtLeast(role, other)
}

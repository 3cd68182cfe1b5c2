import type { InvitationPreview } from '@lightpress/users-contract'

export const roleWords: Record<InvitationPreview['role'], string> = {
  member: 'a member',
  admin: 'an admin',
  owner: 'an owner',
}

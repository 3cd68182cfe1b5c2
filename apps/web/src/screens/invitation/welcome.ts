import type { InvitationPreview } from '@lightpress/users-contract'
import { toast } from '../../ui/toast.ts'
import { roleWords } from './role-words.ts'

export function welcome({ organizationName, role }: Pick<InvitationPreview, 'organizationName' | 'role'>) {
  toast({ title: `Welcome to ${organizationName}`, detail: `You joined as ${roleWords[role]}.` })
}

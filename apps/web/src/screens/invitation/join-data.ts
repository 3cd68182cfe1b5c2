import type { InvitationPreview } from '@lightpress/users-contract'
import { action, query, redirect } from '@solidjs/router'
import { authAsIs } from '../../api/auth.ts'
import { replaceSession } from '../../api/session.ts'
import { users } from '../../api/users.ts'
import { dropInvitation } from './kept.ts'
import { welcome } from './welcome.ts'

/** Whoever joined goes on there. Again is the same as once, so that a try that stopped half-way can be made again. */
export const join = action(async (token: string, preview: InvitationPreview) => {
  const { id } = await users.acceptInvitation({ token })
  await replaceSession(() => authAsIs.switchOrganization({ organizationId: id }))
  dropInvitation()
  query.clear()
  welcome(preview)
  throw redirect('/dashboard')
}, 'join-organization')

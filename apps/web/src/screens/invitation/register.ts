import type { InvitationPreview } from '@lightpress/users-contract'
import { action, query, redirect } from '@solidjs/router'
import { authAsIs } from '../../api/auth.ts'
import { startSession } from '../../api/session-start.ts'
import { dropDrafts } from '../../ui/drafts.ts'
import { dropInvitation } from './kept.ts'
import { welcome } from './welcome.ts'

/** The link has proved the address, so there is no mail to answer: in, and into the organisation. */
export const register = action(async (token: string, preview: InvitationPreview, name: string, password: string) => {
  await startSession(() => authAsIs.registerByInvitation({ token, name, password, mode: 'cookie' }))
  dropInvitation()
  dropDrafts()
  query.clear()
  welcome(preview)
  throw redirect('/dashboard')
}, 'register-by-invitation')

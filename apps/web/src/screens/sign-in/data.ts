import { action, query, redirect } from '@solidjs/router'
import { auth } from '../../api/auth.ts'
import { nextPath } from '../../api/next-path.ts'
import { startSession } from '../../api/session.ts'

export const signIn = action(async (email: string, password: string, next: string | undefined) => {
  await startSession(() => auth.signIn({ email, password, mode: 'cookie' }))
  query.clear()
  throw redirect(nextPath(next, location.origin))
}, 'sign-in')

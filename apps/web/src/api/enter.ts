import type { SignInAnswer } from '@lightpress/auth-contract'
import { query, redirect } from '@solidjs/router'
import { nextPath } from './next-path.ts'
import { startSession } from './session-start.ts'

export interface Entry {
  /** By whatever door. */
  send: () => Promise<SignInAnswer>
  next: string | undefined
  /** As typed. */
  email?: string
}

/** In, and on to where somebody wanted to go; or to the second factor first. */
export async function enter({ send, next, email }: Entry): Promise<never> {
  const wanted = await startSession(send)
  if (wanted) {
    const { keepBegun } = await import('../screens/second-factor/begun.ts')
    keepBegun({ ...wanted, next, email })
    throw redirect('/sign-in/second-factor')
  }
  query.clear()
  throw redirect(nextPath(next, location.origin))
}

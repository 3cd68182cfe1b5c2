import type { SessionUser } from '@lightpress/auth-contract'
import { AppError } from '@lightpress/protocol'
import type { AuthContext } from './context.ts'

interface Asked {
  userId: string
  /** The organisation to act in; null for the person's oldest. */
  organizationId: string | null
}

/**
 * The person as users knows them now, in the organisation asked for or, if they left it, in their oldest. Null for
 * whoever is gone or suspended.
 */
export async function readSessionUser(asked: Asked, ctx: AuthContext): Promise<SessionUser | null> {
  const user = await readUserIn(asked, ctx)
  const hasLeft = user?.organizationId === null && asked.organizationId !== null
  return hasLeft ? readUserIn({ ...asked, organizationId: null }, ctx) : user
}

/** The same, but without an organisation and role if they are not in the one asked for. */
export async function readUserIn(asked: Asked, ctx: AuthContext): Promise<SessionUser | null> {
  const { user, membership } = await ctx.calls.users.readPrincipal(asked)
  if (!user || user.suspended) return null
  const { id, email, name, operator } = user
  return {
    id,
    email,
    name,
    operator,
    organizationId: membership?.organizationId ?? null,
    role: membership?.role ?? null,
  }
}

/**
 * What is said to whoever has proved that an account is theirs, where `readSessionUser` finds nobody: that they are
 * suspended, or `gone`.
 */
export async function nobodyFound(userId: string, gone: AppError, ctx: AuthContext): Promise<AppError> {
  const { user } = await ctx.calls.users.readPrincipal({ userId, organizationId: null })
  return user?.suspended === true ? suspended() : gone
}

/** For whoever has proved that the account is theirs: nobody else may learn of it. */
export function suspended(): AppError {
  return new AppError('forbidden', 'auth.suspended', 'This account is suspended.')
}

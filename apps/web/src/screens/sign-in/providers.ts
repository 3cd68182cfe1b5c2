import { query } from '@solidjs/router'
import { auth } from '../../api/auth.ts'

export const getProviders = query(async () => (await auth.listSignInProviders({})).providers, 'sign-in-providers')

/** None, too, when they cannot be asked for: a sign-in must not wait for what is beside it. */
export function getProvidersIfAny() {
  return getProviders().catch(() => [])
}

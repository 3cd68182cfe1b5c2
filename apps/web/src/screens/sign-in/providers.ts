import { query } from '@solidjs/router'
import { auth } from '../../api/auth.ts'

/** None, too, when they cannot be asked for: a sign-in must not wait for what is beside it. */
export const getProviders = query(async () => {
  const { providers } = await auth.listSignInProviders({}).catch(() => ({ providers: [] }))
  return providers
}, 'sign-in-providers')

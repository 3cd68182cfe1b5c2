import { action } from '@solidjs/router'
import { auth } from '../../api/auth.ts'

/** Leaves for the provider, which leads back to where one wanted to go. */
export const linkProvider = action(async (provider: string, next: string) => {
  const { url } = await auth.linkOidc({ provider, next })
  location.assign(url)
  return true
}, 'link-provider')

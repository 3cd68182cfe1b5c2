import { useLocation } from '@solidjs/router'
import { type Accessor, createMemo } from 'solid-js'

/**
 * What the link of a mail is good by. It stands in the fragment, which a browser tells no server: not in our logs, nor
 * in a proxy's. It stays in the address, so that a page loaded again still has it; another link that is opened in the
 * same tab changes nothing but the fragment, and with it this.
 */
export function useLinkToken(): Accessor<string | undefined> {
  const location = useLocation()
  return createMemo(() => new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined)
}

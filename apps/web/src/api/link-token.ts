import { useLocation } from '@solidjs/router'

/**
 * What the link of a mail is good by. It stands in the fragment, which a browser tells no server: not in our logs, nor
 * in a proxy's. It stays in the address, so that a page loaded again still has it.
 */
export function useLinkToken(): string | undefined {
  return new URLSearchParams(useLocation().hash.slice(1)).get('token') ?? undefined
}

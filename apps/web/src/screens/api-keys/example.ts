import type { Scope } from '@lightpress/auth-contract'

/**
 * A first call that the key can make: a read without anything to fill in, if its scopes open one. The shell asks
 * for the key: what is typed on its line stays in its history.
 */
export function curlExample(given: readonly Scope[], origin: string): string {
  const operations = given.flatMap(({ operations }) => operations)
  const first =
    operations.find(({ method, path }) => method === 'GET' && !path.includes(':')) ??
    operations.find(({ path }) => !path.includes(':'))
  const { method, path } = first ?? { method: 'GET', path: '/' }
  return [
    'read -rs LIGHTPRESS_API_KEY && \\',
    `curl ${method === 'GET' ? '' : `-X ${method} `}${origin}${path} \\`,
    '  -H "authorization: Bearer $LIGHTPRESS_API_KEY"',
  ].join('\n')
}

import type { Scope } from '@lightpress/auth-contract'
import { expect, it } from 'vitest'
import { curlExample } from '../src/screens/api-keys/example.ts'
import { dateFault, expiryOf } from '../src/screens/api-keys/expiry.ts'
import { groupScopes, scopeTitle } from '../src/screens/api-keys/scope-groups.ts'
import { statusOf } from '../src/screens/api-keys/status.ts'

const now = new Date('2026-11-20T12:00:00.000Z')
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000).toISOString()

it.each([
  [{ expiresAt: null, revokedAt: null }, 'active'],
  [{ expiresAt: inDays(8), revokedAt: null }, 'active'],
  [{ expiresAt: inDays(7), revokedAt: null }, 'expires_soon'],
  [{ expiresAt: inDays(0), revokedAt: null }, 'expired'],
  [{ expiresAt: inDays(-1), revokedAt: inDays(-2) }, 'revoked'],
])('a key with %j is %s', (key, status) => {
  expect(statusOf(key, now.getTime())).toBe(status)
})

it('ends after so many days, at the end of a day, or never', () => {
  expect(expiryOf('90', '', now)).toBe(inDays(90))
  expect(expiryOf('never', '', now)).toBeNull()
  expect(expiryOf('date', '2026-12-31', now)).toBe(new Date(2026, 11, 31, 23, 59, 59).toISOString())
})

it('takes today as a last day, and no day that is over or none', () => {
  expect(dateFault('2026-11-20', now)).toBeUndefined()
  expect(dateFault('2026-11-18', now)).toMatch(/over/)
  expect(dateFault('soon', now)).toMatch(/date/)
})

const scopes: Scope[] = [
  { name: 'billing:read', role: 'member', operations: [{ method: 'GET', path: '/v1/billing/x/:id', summary: 'One.' }] },
  { name: 'billing:write', role: 'admin', operations: [{ method: 'POST', path: '/v1/billing/y', summary: 'Two.' }] },
  { name: 'users:read', role: 'member', operations: [{ method: 'GET', path: '/v1/users', summary: 'Three.' }] },
]

it('groups scopes by what they are about, and names them as one says it', () => {
  expect(groupScopes(scopes).map(({ title, scopes }) => [title, scopes.length])).toEqual([
    ['Billing', 2],
    ['Users', 1],
  ])
  expect(scopes.map(scopeTitle)).toEqual(['Read billing', 'Change billing', 'Read users'])
})

it('shows a call that needs nothing filled in, and no secret in it', () => {
  expect(curlExample(scopes, 'https://x.test')).toContain('curl https://x.test/v1/users ')
  expect(curlExample(scopes.slice(0, 2), 'https://x.test')).toContain('curl -X POST https://x.test/v1/billing/y ')
  expect(curlExample(scopes, 'https://x.test')).toMatch(/^read -rs LIGHTPRESS_API_KEY && \\\n/)
  expect(curlExample(scopes, 'https://x.test')).toContain('Bearer $LIGHTPRESS_API_KEY')
})

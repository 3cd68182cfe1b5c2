import type { ApiKey } from '@lightpress/auth-contract'

const soon = 7 * 86_400_000

export type KeyStatus = 'active' | 'expires_soon' | 'expired' | 'revoked'

export function statusOf({ expiresAt, revokedAt }: Pick<ApiKey, 'expiresAt' | 'revokedAt'>, now: number): KeyStatus {
  if (revokedAt !== null) return 'revoked'
  if (expiresAt === null) return 'active'
  const left = Date.parse(expiresAt) - now
  return left <= 0 ? 'expired' : left <= soon ? 'expires_soon' : 'active'
}

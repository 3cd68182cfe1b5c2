import type { Credentials } from '@lightpress/auth-contract'

/** How somebody can prove who they are. */
export type Way =
  | { kind: 'passkey' }
  | { kind: 'totp' }
  | { kind: 'recovery_code' }
  | { kind: 'password' }
  | { kind: 'provider'; provider: string; name: string }

/** The quickest first. Where there is a second factor it is that which counts, and neither password nor provider. */
export function waysToProve(credentials: Credentials, can: { passkeys: boolean }): Way[] {
  const { passkeys, totp, recoveryCodesLeft, password, linkedSignIns } = credentials
  if (passkeys.length > 0 || totp) {
    return [
      ...(passkeys.length > 0 && can.passkeys ? [{ kind: 'passkey' } as const] : []),
      ...(totp ? [{ kind: 'totp' } as const] : []),
      ...(recoveryCodesLeft ? [{ kind: 'recovery_code' } as const] : []),
    ]
  }
  const providers = new Map(linkedSignIns.map(({ provider, providerName }) => [provider, providerName]))
  return [
    ...(password ? [{ kind: 'password' } as const] : []),
    ...[...providers].map(([provider, name]) => ({ kind: 'provider', provider, name }) as const),
  ]
}

/** What is on the button that goes over to it. */
export function wayName(way: Way): string {
  switch (way.kind) {
    case 'passkey':
      return 'Use a passkey'
    case 'totp':
      return 'Use your authenticator app'
    case 'recovery_code':
      return 'Use a recovery code'
    case 'password':
      return 'Use your password'
    case 'provider':
      return `Continue with ${way.name}`
  }
}

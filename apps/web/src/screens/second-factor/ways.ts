import type { SecondFactor } from '@lightpress/auth-contract'

/** The quickest first. */
export const secondFactorNames = ['passkey', 'totp', 'recovery_code'] as const satisfies readonly SecondFactor[]

/** How to go on from a first factor. `removal`: by the link of the mail about lost factors. */
export type Way = SecondFactor | 'lost' | 'removal'

export interface Given {
  factors: readonly SecondFactor[]
  /** Whether this browser can be asked for a passkey, here. */
  passkeys: boolean
  /** Whether the link of the mail about lost factors was opened before, and is good as far as one knows. */
  removal: boolean
}

/** All that can be chosen, the best first; what stands there at the beginning is the first. */
export function waysToGoOn({ factors, passkeys, removal }: Given): Way[] {
  const usable = secondFactorNames.filter((name) => factors.includes(name) && (name !== 'passkey' || passkeys))
  return removal ? ['removal', ...usable] : [...usable, 'lost']
}

export const wayNames: Record<Way, string> = {
  passkey: 'Use a passkey',
  totp: 'Use your authenticator app',
  recovery_code: 'Use a recovery code',
  lost: 'I have none of these',
  removal: 'Remove your second factors',
}

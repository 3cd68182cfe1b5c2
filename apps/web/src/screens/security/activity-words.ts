import type { AuditAction, SecurityActivity } from '@lightpress/auth-contract'

/** What is about the product, and about nobody's account. */
type OfTheProduct = 'signing_key_made' | 'signing_key_retired' | 'audit_exported'

/** `alarm`: worth a second look, because it may have been somebody else. */
type Kind = 'account' | 'in' | 'out' | 'password' | 'email' | 'factor' | 'alarm'

export interface ActivityWords {
  kind: Kind
  title: string
}

/** What happened, in the words of the person to whom it happened. */
const told: Record<Exclude<AuditAction, OfTheProduct>, ActivityWords> = {
  account_created: { kind: 'account', title: 'Account created' },
  signed_in: { kind: 'in', title: 'Signed in' },
  sign_in_failed: { kind: 'alarm', title: 'Sign-in that was refused' },
  sign_in_locked: { kind: 'alarm', title: 'Sign-in paused after too many tries' },
  password_check_failed: { kind: 'alarm', title: 'Wrong password where a change asked for it' },
  password_check_locked: { kind: 'alarm', title: 'Changes paused after too many wrong passwords' },
  second_factor_failed: { kind: 'alarm', title: 'Wrong code or passkey' },
  second_factor_locked: { kind: 'alarm', title: 'Codes paused after too many tries' },
  stepped_up: { kind: 'account', title: 'Confirmed it is you' },
  magic_link_requested: { kind: 'in', title: 'Asked for a link to sign in' },
  signed_out: { kind: 'out', title: 'Signed out' },
  session_ended: { kind: 'out', title: 'Signed out another session' },
  sessions_ended: { kind: 'out', title: 'Signed out several sessions at once' },
  refresh_token_replayed: { kind: 'alarm', title: 'Session ended, because it was used from two places' },
  organization_switched: { kind: 'account', title: 'Switched to another organisation' },
  password_reset_requested: { kind: 'password', title: 'Asked for a link to reset the password' },
  password_reset: { kind: 'password', title: 'Password reset by mail' },
  password_changed: { kind: 'password', title: 'Password changed' },
  email_change_requested: { kind: 'email', title: 'Asked for another e-mail address' },
  email_change_confirmed: { kind: 'email', title: 'Change of e-mail address confirmed by one of the two' },
  email_change_cancelled: { kind: 'email', title: 'Change of e-mail address given up' },
  email_changed: { kind: 'email', title: 'E-mail address changed' },
  totp_added: { kind: 'factor', title: 'Authenticator app set up' },
  totp_removed: { kind: 'alarm', title: 'Authenticator app turned off' },
  passkey_added: { kind: 'factor', title: 'Passkey added' },
  passkey_removed: { kind: 'alarm', title: 'Passkey removed' },
  recovery_codes_made: { kind: 'factor', title: 'Recovery codes made' },
  recovery_code_used: { kind: 'alarm', title: 'Recovery code used' },
  sign_in_linked: { kind: 'factor', title: 'Sign-in at another provider linked' },
  sign_in_unlinked: { kind: 'factor', title: 'Sign-in at another provider unlinked' },
  recovery_requested: { kind: 'alarm', title: 'Asked to have the second factors removed' },
  recovery_cancelled: { kind: 'account', title: 'Removal of the second factors cancelled' },
  recovery_completed: { kind: 'alarm', title: 'All second factors removed' },
  api_key_created: { kind: 'factor', title: 'API key created' },
  api_key_revoked: { kind: 'factor', title: 'API key revoked' },
  impersonation_started: { kind: 'alarm', title: 'An operator began to act as you' },
  impersonation_ended: { kind: 'account', title: 'The operator stopped acting as you' },
  access_suspended: { kind: 'alarm', title: 'Access suspended by us' },
  access_restored: { kind: 'account', title: 'Access restored by us' },
  access_removed: { kind: 'alarm', title: 'Access taken away by us' },
  operator_granted: { kind: 'alarm', title: 'Made an operator by us' },
  operator_revoked: { kind: 'account', title: 'No operator any more' },
}

export const personalActions = Object.keys(told)

/** A newer server may tell of what this page has no words for yet. */
export function activityWords(action: string): ActivityWords {
  return Object.hasOwn(told, action)
    ? told[action as keyof typeof told]
    : { kind: 'account', title: 'Something about your account' }
}

const methods: Record<Exclude<NonNullable<SecurityActivity['method']>, 'impersonation'>, string> = {
  password: 'with the password',
  passkey: 'with a passkey',
  magic_link: 'with a link by mail',
  oidc: 'through another provider',
  registration: 'after the registration',
}

const factors: Record<NonNullable<SecurityActivity['factor']>, string> = {
  totp: 'a code of the app',
  passkey: 'a passkey',
  recovery_code: 'a recovery code',
}

/** Where it is told what was proved with; of other acts it is what they are about. */
const proofs: readonly string[] = ['signed_in', 'sign_in_failed', 'stepped_up', 'second_factor_failed']

/** How it was done and by whom, where that is known: "with the password and a code of the app". */
export function activityDetails({
  action,
  method,
  factor,
  impersonated,
}: Pick<SecurityActivity, 'action' | 'method' | 'factor' | 'impersonated'>): string[] {
  const how = method === null || method === 'impersonation' ? undefined : methods[method]
  const proof = factor === null || factor === method ? undefined : factors[factor]
  const both = how && proof ? `${how} and ${proof}` : (how ?? (proof && `with ${proof}`))
  return [proofs.includes(action) ? both : undefined, impersonated ? 'by an operator' : undefined].filter(
    (part) => part !== undefined,
  )
}

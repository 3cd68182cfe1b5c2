import type { AuditAction } from '@lightpress/auth-contract'

/** What is about the product, and about nobody's account. */
type OfTheProduct = 'signing_key_made' | 'signing_key_retired' | 'audit_exported'

/** `alarm`: worth a second look, because it may have been somebody else. */
type Kind = 'account' | 'in' | 'out' | 'password' | 'email' | 'alarm'

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
  access_suspended: { kind: 'alarm', title: 'Access suspended by us' },
  access_restored: { kind: 'account', title: 'Access restored by us' },
  access_removed: { kind: 'alarm', title: 'Access taken away by us' },
  operator_granted: { kind: 'alarm', title: 'Made an operator by us' },
  operator_revoked: { kind: 'account', title: 'No operator any more' },
}

/** A newer server may tell of what this page has no words for yet. */
export function activityWords(action: string): ActivityWords {
  return Object.hasOwn(told, action)
    ? told[action as keyof typeof told]
    : { kind: 'account', title: 'Something about your account' }
}

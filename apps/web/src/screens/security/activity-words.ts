import type { AuditAction } from '@lightpress/auth-contract'

/** What is about the product, and about nobody's account. */
type OfTheProduct = 'signing_key_made' | 'signing_key_retired' | 'audit_exported'

export interface ActivityWords {
  title: string
  /** Worth a second look: it may have been somebody else. */
  alarming?: true
}

/** What happened, in the words of the person to whom it happened. */
const told: Record<Exclude<AuditAction, OfTheProduct>, ActivityWords> = {
  account_created: { title: 'Account created' },
  signed_in: { title: 'Signed in' },
  sign_in_failed: { title: 'Sign-in with a wrong password', alarming: true },
  sign_in_locked: { title: 'Sign-in paused after too many wrong passwords', alarming: true },
  signed_out: { title: 'Signed out' },
  session_ended: { title: 'Signed out another session' },
  sessions_ended: { title: 'Signed out several sessions at once' },
  refresh_token_replayed: { title: 'Session ended, because it was used from two places', alarming: true },
  organization_switched: { title: 'Switched to another organisation' },
  password_reset_requested: { title: 'Asked for a link to reset the password' },
  password_reset: { title: 'Password reset by mail' },
  password_changed: { title: 'Password changed' },
  email_change_requested: { title: 'Asked for another e-mail address' },
  email_change_confirmed: { title: 'Change of e-mail address confirmed by one of the two' },
  email_change_cancelled: { title: 'Change of e-mail address given up' },
  email_changed: { title: 'E-mail address changed' },
  access_suspended: { title: 'Access suspended by us', alarming: true },
  access_restored: { title: 'Access restored by us' },
}

/** A newer server may tell of what this page has no words for yet. */
export function activityWords(action: string): ActivityWords {
  return Object.hasOwn(told, action) ? told[action as keyof typeof told] : { title: 'Something about your account' }
}

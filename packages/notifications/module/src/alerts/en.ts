import type { AlertTexts } from './texts.ts'

export const en: AlertTexts = {
  password_changed: {
    title: 'Your password was changed',
    lead: 'The password of your account was changed. All other sessions were ended.',
    advice:
      'If that was you, there is nothing to do. If not, somebody is signed in to your account and knew your password: choose a new one now, which ends every session.',
  },
  password_reset: {
    title: 'Your password was reset',
    lead: 'A new password was set by the link in a mail of ours. Every session was ended.',
    advice:
      'If that was you, there is nothing to do. If not, somebody can read your mail: secure your mailbox first, then choose a new password.',
  },
  email_changed: {
    title: 'Your e-mail address was changed',
    lead: 'Your account has a new e-mail address. The old one does not open it any more.',
    advice:
      'If that was you, there is nothing to do. If not, somebody can read your mail and knew your password: secure your mailbox first. Then, where you are still signed in, end all other sessions.',
  },
  refresh_token_replayed: {
    title: 'We ended a session of yours',
    lead: 'Somebody else had a copy of a session of yours, so we ended it. Where you were signed out, sign in again.',
    advice:
      'The copy may have been taken from a device of yours or a program on it. Choose a new password, which ends every session, and check the devices that you use.',
  },
  signed_in: {
    title: 'New sign-in to your account',
    lead: 'Somebody signed in to your account on a device that we had not seen before.',
    advice:
      'If that was you, there is nothing to do. If not, somebody knows your password: choose a new one now, which ends every session.',
  },
  second_factor_locked: {
    title: 'Too many wrong tries at your second factor',
    lead: 'Somebody got past the first step of signing in and tried too many wrong codes or passkeys. We take no more of them from there for a while.',
    advice:
      'If that was you, wait a little and try again. If not, somebody knows your password or can read your mail: secure your mailbox, then choose a new password, which ends every session.',
  },
  totp_added: {
    title: 'An authenticator app was added',
    lead: 'Signing in to your account now asks for a code of an authenticator app.',
    advice:
      'If that was you, there is nothing to do. If not, somebody is signed in to your account: choose a new password now, which ends every session, then remove the app.',
  },
  totp_removed: {
    title: 'The authenticator app was removed',
    lead: 'Signing in to your account does not ask for codes of your authenticator app any more.',
    advice:
      'If that was you, there is nothing to do. If not, somebody is signed in to your account: choose a new password now, which ends every session, then add the app again.',
  },
  passkey_added: {
    title: 'A passkey was added',
    lead: 'Your account can be opened with a new passkey.',
    advice:
      'If that was you, there is nothing to do. If not, somebody is signed in to your account: choose a new password now, which ends every session, then remove the passkey.',
  },
  passkey_removed: {
    title: 'A passkey was removed',
    lead: 'A passkey does not open your account any more.',
    advice:
      'If that was you, there is nothing to do. If not, somebody is signed in to your account: choose a new password now, which ends every session, then look at your passkeys.',
  },
  recovery_codes_made: {
    title: 'New recovery codes were made',
    lead: 'Your account has ten new recovery codes. Those of before are worth nothing any more.',
    advice:
      'If that was you, keep them where you keep what you must not lose. If not, somebody is signed in to your account: choose a new password now, which ends every session, then make new codes.',
  },
  recovery_code_used: {
    title: 'A recovery code was used',
    lead: 'Somebody proved who they are with one of your recovery codes, which is used up now.',
    advice:
      'If that was you, make new codes before you run out of them. If not, somebody has your codes and your password: choose a new password now, which ends every session, then make new codes.',
  },
  sign_in_linked: {
    title: 'Another way to sign in was linked',
    lead: 'Your account can be opened by a sign-in at another provider.',
    advice:
      'If that was you, there is nothing to do. If not, somebody is signed in to your account: choose a new password now, which ends every session, then unlink the sign-in.',
  },
  sign_in_unlinked: {
    title: 'A linked sign-in was removed',
    lead: 'A sign-in at another provider does not open your account any more.',
    advice:
      'If that was you, there is nothing to do. If not, somebody is signed in to your account: choose a new password now, which ends every session.',
  },
  recovery_requested: {
    title: 'Somebody says they lost your second factors',
    lead: 'In three days they can be taken off your account, unless you stop it.',
    advice: 'If that was not you, stop it now, and choose a new password: somebody knows yours.',
  },
  recovery_completed: {
    title: 'Your second factors were removed',
    lead: 'Authenticator app, passkeys and recovery codes were taken off your account. Every session was ended.',
    advice:
      'If that was you, sign in and set up two-step verification anew. If not, somebody knows your password and can read your mail: secure your mailbox first, then choose a new password.',
  },
  api_key_created: {
    title: 'You made an API key',
    lead: 'A new API key can act for your organisation, as far as its scopes go.',
    advice:
      'If that was you, there is nothing to do. If not, somebody is signed in to your account: choose a new password now, which ends every session, and revoke the key.',
  },
  impersonation_started: {
    title: 'Our support opened your account',
    lead: 'An operator of ours acts as you, for an hour at most. They can change neither password nor address, and everything they do is recorded.',
    advice:
      'This is done to help with something that you reported. If you did not ask for help, tell us; you can end it by ending the session.',
  },
}

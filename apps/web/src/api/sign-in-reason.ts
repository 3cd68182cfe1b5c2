/** Why somebody finds themselves at sign-in who did not go there. */
export type SignInReason = 'session_ended' | 'signed_out_everywhere' | 'password_reset' | 'took_too_long'

let reason: SignInReason | undefined

/** To be said at the next sign-in of this page. It is no part of the address: nobody else can make us say it. */
export function setSignInReason(why: SignInReason | undefined) {
  reason = why
}

/** Said once. */
export function takeSignInReason(): SignInReason | undefined {
  const why = reason
  reason = undefined
  return why
}

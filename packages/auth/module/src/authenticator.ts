import { Secret, TOTP } from 'otpauth'

/** What every authenticator app can do, whatever else a URI says: SHA-1, six digits, thirty seconds (RFC 6238). */
const parameters = { issuer: 'Lightpress', algorithm: 'SHA1', digits: 6, period: 30 }

/** Bytes: as long as what SHA-1 makes, as RFC 4226 recommends (4, R6). */
const SECRET_SIZE = 20

/** A new secret, in Base32. */
export function drawSecret(): string {
  return new Secret({ size: SECRET_SIZE }).base32
}

/** What an app reads from the QR code; `label` is what it is listed by. */
export function uriOf(secret: string, label: string): string {
  return new TOTP({ ...parameters, label, secret }).toString()
}

/**
 * The time step that a code is of, if it is of `now` (milliseconds) or of the step before or after: clocks differ, and
 * people type (RFC 6238, 5.2). Typed with spaces it is the same.
 */
export function stepOf(typed: string, secret: string, now: number): number | null {
  const token = typed.replace(/\s/g, '')
  // The library takes characters for bytes, and throws at others than these.
  if (!/^\d{6}$/.test(token)) return null
  const delta = new TOTP({ ...parameters, secret }).validate({ token, timestamp: now, window: 1 })
  return delta === null ? null : TOTP.counter({ period: parameters.period, timestamp: now }) + delta
}

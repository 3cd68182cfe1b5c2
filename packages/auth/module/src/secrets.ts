import { createHash, randomBytes } from 'node:crypto'
import * as kernel from '@lightpress/kernel'
import type { TicketPurpose } from './tickets.ts'

/** What the environment's keys are used for here. */
type Purpose =
  | LinkPurpose
  | 'refresh-successor'
  | 'allowance'
  | 'lockout'
  | 'device'
  | 'signing-key'
  | 'totp-secret'
  | 'oidc-verifier'
  | 'oidc-nonce'

/** What the links in mails, and tickets, are good for. */
export type LinkPurpose =
  | 'registration-token'
  | 'password-reset-token'
  | 'email-change-old-token'
  | 'email-change-new-token'
  | 'recovery-cancel-token'
  | 'recovery-complete-token'
  | `ticket-${TicketPurpose}`

export type Secrets = kernel.Secrets<Purpose>

export function createSecrets(environmentKeys: string): Secrets {
  return kernel.createSecrets('auth', environmentKeys)
}

/** 256 random bits: a secret that needs no slow hash, because nobody can guess it. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** What is stored of a random secret. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

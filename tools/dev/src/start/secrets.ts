import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { errorCode } from '@lightpress/local'

/** Keys that an installation must have, made anew. */
export function generateSecrets(): Record<string, string> {
  const key = () => randomBytes(32).toString('base64')
  return {
    INTERNAL_KEY: key(),
    AUTH_KEY_ENCRYPTION_KEY: key(),
    SECRETS_ENCRYPTION_KEY: key(),
    STRIPE_WEBHOOK_SECRET: `whsec_${key()}`,
    RESEND_WEBHOOK_SECRET: `whsec_${key()}`,
  }
}

/** The keys of this checkout: made at the first start, kept because the database is encrypted under them. */
export function readSecrets(file: string): Record<string, string> {
  const stored = readStored(file)
  const secrets = { ...generateSecrets(), ...stored }
  if (Object.keys(secrets).length > Object.keys(stored).length)
    writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  return secrets
}

function readStored(file: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return {}
    throw error
  }
}

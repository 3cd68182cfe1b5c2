import type { NewPasskey, PasskeyAnswer } from '@lightpress/auth-contract'
import { AppError } from '@lightpress/protocol'

/** What the server hands on for the browser; its shape is the business of the two. */
type Options = Record<string, unknown>

/** The library comes when it is needed: most visits do without. */
const load = () => import('@simplewebauthn/browser')
type Library = Awaited<ReturnType<typeof load>>

/** Why this browser can do nothing with passkeys at this address; undefined when it can. */
export function passkeyObstacle(): string | undefined {
  if (isAddress(location.hostname)) {
    return 'Passkeys are made for a name, and this page was opened by an IP address. Open it by its name to use them.'
  }
  if (!isSecureContext) return 'Passkeys need a secure connection. Open this page over https to use them.'
  if (typeof PublicKeyCredential !== 'function') return 'This browser does not know passkeys.'
  return undefined
}

/** Has the browser make a passkey. */
export async function makePasskey(options: Options): Promise<NewPasskey> {
  const { startRegistration } = await load()
  type Asked = Parameters<Library['startRegistration']>[0]['optionsJSON']
  return startRegistration({ optionsJSON: options as unknown as Asked }).catch(refuse)
}

/**
 * Has the browser answer with a passkey: by its own dialog, or `quietly`, among what it suggests for a field with
 * `autocomplete="… webauthn"`. One at a time: a dialog ends the quiet asking before it.
 */
export async function answerWithPasskey(options: Options, { quietly = false } = {}): Promise<PasskeyAnswer> {
  const { startAuthentication } = await load()
  type Asked = Parameters<Library['startAuthentication']>[0]['optionsJSON']
  return startAuthentication({ optionsJSON: options as unknown as Asked, useBrowserAutofill: quietly }).catch(refuse)
}

/** Whether the browser would suggest passkeys for a field. */
export async function suggestsPasskeys(): Promise<boolean> {
  if (passkeyObstacle() !== undefined) return false
  return (await load()).browserSupportsWebAuthnAutofill()
}

export async function stopAsking(): Promise<void> {
  const { WebAuthnAbortService } = await load()
  WebAuthnAbortService.cancelCeremony()
}

/** Browsers say "not allowed" for a dialog that was closed as for one that ran out: nobody is to learn which. */
function refuse(error: unknown): never {
  const { name } = error as Error
  if (name === 'InvalidStateError') {
    throw new AppError('conflict', 'web.passkey_known', 'This device has a passkey for your account already.')
  }
  throw new AppError(
    'invalid',
    'web.passkey_refused',
    'The browser was not given a passkey. Try again when you like.',
    {
      cause: error,
    },
  )
}

function isAddress(hostname: string): boolean {
  return /^[\d.]+$/.test(hostname) || hostname.startsWith('[')
}

import { isIP } from 'node:net'
import { ownOrigin, type RawHttp } from '@lightpress/kernel'
import { AppError } from '@lightpress/protocol'

/** Whom a passkey is for: browsers use it nowhere else (WebAuthn Level 3, 4, "Relying Party Identifier"). */
export interface RelyingParty {
  /** The name of our host, without a port. */
  id: string
  /** Where the page must be that asks for it. */
  origin: string
}

/** Ourselves, as the page knows us that asks. */
export function relyingPartyOf({ request }: Pick<RawHttp, 'request'>, place: { publicUrl: string }): RelyingParty {
  const origin = ownOrigin(request, place)
  const { hostname: id } = new URL(origin)
  // The URL parser keeps the brackets of an IPv6 address.
  if (isIP(id.replace(/^\[(.*)\]$/, '$1')) === 0) return { id, origin }
  const message = 'Passkeys are for a name, not for an IP address. On your own machine open the product as localhost.'
  throw new AppError('invalid', 'auth.passkey_refused', message)
}

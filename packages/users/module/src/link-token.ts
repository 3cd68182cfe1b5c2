import type { DerivedKey } from './derived-key.ts'

/** What an invitation is when a mail is sent. Sent again it is good for longer, and the link before it is worth nothing. */
export interface Linked {
  id: string
  expiresAt: Date
}

/**
 * What makes the link of an invitation good: its id, until when it is good, and a MAC of both. Stored nowhere: it can be
 * made again from these, by us only.
 */
export function createLinkToken({ id, expiresAt }: Linked, key: DerivedKey): string {
  const said = `${id}.${expiresAt.getTime()}`
  return `${said}.${key.mac(said)}`
}

/**
 * The invitation that a token of ours is about, as it was when its mail was written. Nobody is counted who tries others:
 * 256 bits are not guessed, and a wrong one costs a MAC and no look into the database.
 */
export function parseLinkToken(token: string, key: DerivedKey): Linked | undefined {
  const [id = '', time = '', mac = '', ...rest] = token.split('.')
  if (rest.length > 0 || !key.isMac(mac, `${id}.${time}`)) return undefined
  return { id, expiresAt: new Date(Number(time)) }
}

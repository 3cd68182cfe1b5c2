import type { Readable } from 'node:stream'

/**
 * Where files lie. Names are made by us, once for each file, and never used again, so nothing that was read changes.
 * Whoever writes has told the table `file` of the name before: see `files.ts`.
 */
export interface Storage {
  /** Throws what an operator can mend (a `ConfigError`) when nothing can be kept here. */
  check(): Promise<void>
  /** Keeps all of it or nothing. Again under the same name: the later one stays. */
  put(name: string, content: Uint8Array | Readable, about: { contentType: string }): Promise<void>
  /** Null when there is no such file. Whoever does not read the body to its end destroys it. */
  read(name: string): Promise<{ body: Readable; size: number } | null>
  /** In bytes; null when there is no such file. */
  size(name: string): Promise<number | null>
  /** Again, or of what never was, is the same as once. */
  remove(name: string): Promise<void>
  /** Where whoever has no access of their own puts exactly this much of exactly this type, until then. */
  signPut(name: string, put: SignedPut): Promise<{ url: string; headers: Record<string, string> }>
  /** Whether `url` of a `signPut` was for this. Never where the storage takes what is put itself. */
  isSigned(name: string, put: SignedPut & { signature: string }): boolean
  /** Where whoever has no access of their own gets a file, until then; null where only we can hand it over. */
  signGet(name: string, get: { expiresAt: Date; downloadAs: string; contentType: string }): Promise<string | null>
}

export interface SignedPut {
  contentType: string
  /** In bytes. */
  size: number
  expiresAt: Date
}

/** No name leads out of the storage's own folder, whoever made it. */
export function checkName(name: string): string {
  if (/^[\da-z-]{1,80}\.[a-z]{1,10}$/.test(name)) return name
  throw new TypeError(`${JSON.stringify(name)} is no name of a file`)
}

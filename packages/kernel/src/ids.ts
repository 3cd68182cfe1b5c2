import { v7 } from 'uuid'

/** A new UUIDv7 (RFC 9562): sorts by time of making, which is not the order of commit. */
export function newId(): string {
  return v7()
}

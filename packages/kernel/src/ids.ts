import { v7 } from 'uuid'

/** A new UUIDv7 (RFC 9562): sorts by time of making, which is not the order of commit. */
export function newId(): string {
  return v7()
}

/** When an id was made, to the millisecond: a UUIDv7 begins with that (RFC 9562, 5.7). */
export function timeOfId(id: string): Date {
  return new Date(parseInt(id.replaceAll('-', '').slice(0, 12), 16))
}

/** The lowest id that can have been made at a time: all that are lower were made before it. */
export function firstIdAt(time: Date): string {
  const milliseconds = Math.max(0, time.getTime()).toString(16).padStart(12, '0')
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-7000-8000-000000000000`
}

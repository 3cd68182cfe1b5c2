import { randomUUID } from 'node:crypto'

/** W3C Trace Context, version 00. Ids of nothing but zeros are none. */
const pattern = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/

/**
 * The `traceparent` under which work goes on that was begun under `parent`, or one that starts a trace. One that is not
 * `sampled` is in the logs and in no trace: for what a process does by itself, every second.
 */
export function continueTrace(parent?: string | null, { sampled = true }: { sampled?: boolean } = {}): string {
  if (isTraceparent(parent)) return parent
  return `00-${randomHex()}-${randomHex().slice(16)}-${sampled ? '01' : '00'}`
}

export function isTraceparent(text: string | null | undefined): text is string {
  return pattern.test(text ?? '')
}

export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35)
}

/** 32 digits. Node keeps randomness for UUIDs in store; `randomBytes` would ask the system each time. */
function randomHex(): string {
  return randomUUID().replaceAll('-', '')
}

import { randomUUID } from 'node:crypto'

const pattern = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/

/** A `traceparent` (W3C Trace Context) that goes on with the trace of `parent`, or starts one. */
export function continueTrace(parent?: string | null): string {
  const traceId = pattern.exec(parent ?? '')?.[1] ?? randomHex()
  return `00-${traceId}-${randomHex().slice(16)}-01`
}

export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35)
}

/** 32 digits. Node keeps randomness for UUIDs in store; `randomBytes` would ask the system each time. */
function randomHex(): string {
  return randomUUID().replaceAll('-', '')
}

/** A failure whose message says what the person can do about it; it is printed without a stack. */
export class SetupError extends Error {
  override name = 'SetupError'
}

/** The `code` of a Node error such as ENOENT, if that is what it is. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** What to tell a person about a failure: in words where we know what to do, else with its stack. */
export function explain(error: unknown): string {
  if (error instanceof SetupError) return error.message
  if (!(error instanceof Error)) return String(error)
  const advice = adviceFor(error)
  return advice === undefined ? (error.stack ?? error.message) : `${error.message}. ${advice}`
}

function adviceFor(error: Error): string | undefined {
  const code = errorCode(error) ?? ''
  // What Node's recursive mkdir says of a read-only disk.
  const readOnly = code === 'ENOENT' && 'syscall' in error && error.syscall === 'mkdir'
  return readOnly ? UNWRITABLE : ADVICE[code]
}

const UNWRITABLE = 'Make that folder writable for you, and run this again.'
const FULL = 'The disk is full: free some space, and run this again.'
const ADVICE: Record<string, string> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EACCES: UNWRITABLE,
  EPERM: UNWRITABLE,
  EROFS: UNWRITABLE,
  ENOTDIR: UNWRITABLE,
}

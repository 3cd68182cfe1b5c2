/** A failure whose message says what the person can do about it; it is printed without a stack. */
export class SetupError extends Error {
  override name = 'SetupError'
}

/** The `code` of a Node error such as ENOENT, if that is what it is. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

import { AppError } from '@lightpress/protocol'
import type { Attempt } from './finish-sign-in.ts'

/** A code as somebody typed it who is or wants to be `userId`; `path` names the field that it came in. */
export interface TypedCode {
  userId: string
  code: string
  path: string
}

/** What is done with it, the same at the end of a sign-in and within a session. */
export type CodeAttempt<T> = Omit<Attempt<T>, 'mode' | 'check'> & { check: () => Promise<T | null> }

/** Also of one that was right once: it tells nobody which. */
export function codeWrong(path: string): AppError {
  const message = 'This code is not right, or was used already.'
  return new AppError('invalid', 'auth.code_wrong', message, { errors: [{ path, message }] })
}

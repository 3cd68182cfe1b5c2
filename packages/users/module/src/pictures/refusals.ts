import { AppError } from '@lightpress/protocol'
import { MAX_IMAGE_BYTES } from '@lightpress/users-contract'

export function refused(why: string, cause?: unknown): AppError {
  return new AppError('invalid', 'users.image_refused', why, { cause })
}

export function tooLarge(): AppError {
  const megabytes = MAX_IMAGE_BYTES / 1024 / 1024
  return new AppError('invalid', 'users.image_too_large', `A picture has ${megabytes} MB at most.`, { status: 413 })
}

export function uploadNotFound(): AppError {
  return new AppError('not_found', 'users.upload_not_found', 'There is no such upload, or not any more. Start another.')
}

/** Nobody is there to read it: the connection ended before the body did. */
export function cutOff(cause: unknown): AppError {
  return new AppError('invalid', 'request.cut_off', 'The request ended before its body did.', { cause })
}

import { AppError } from '@lightpress/protocol'

/** `fetch`, but a dead network is told as what it means to a person. */
export async function reachingFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(input, init)
  } catch (error) {
    if (init?.signal?.aborted) throw error
    throw new AppError('unavailable', 'web.unreachable', 'The server cannot be reached.', { cause: error })
  }
}

import { AppError, fromProblem } from '@lightpress/protocol'
import { users } from '../api/users.ts'
import { isImageType, pictureFault } from './picture-rule.ts'

export interface UploadOptions {
  /** From 0 to 1. */
  onProgress: (part: number) => void
  signal: AbortSignal
}

/** Sends a file to where the server says, and answers the id by which it can be used. */
export async function uploadPicture(file: File, { onProgress, signal }: UploadOptions): Promise<string> {
  const fault = pictureFault(file)
  if (fault !== undefined || !isImageType(file.type)) throw new AppError('invalid', 'web.picture_refused', fault ?? '')
  const { uploadId, method, url, headers } = await users.startUpload(
    { contentType: file.type, size: file.size },
    { signal },
  )
  await send({ method, url, headers, file, onProgress, signal })
  return uploadId
}

interface Sending extends UploadOptions {
  method: string
  url: string
  headers: Record<string, string>
  file: File
}

/** `fetch` tells nothing of how far an upload has come; this does. */
function send({ method, url, headers, file, onProgress, signal }: Sending): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(method, url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0)
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve()
      else reject(fromProblem(request.status, parsed(request.responseText)))
    }
    request.onerror = () => reject(new AppError('unavailable', 'web.unreachable', 'The picture could not be sent.'))
    request.onabort = () => reject(new AppError('invalid', 'web.given_up', 'It was called off.'))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    if (signal.aborted) return reject(new AppError('invalid', 'web.given_up', 'It was called off.'))
    request.send(file)
  })
}

/** Not every storage answers in JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

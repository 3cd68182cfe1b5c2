import type { RawHttp } from '@lightpress/kernel'
import { cutOff, tooLarge } from './refusals.ts'

/**
 * The bytes of a body that is taken as it arrives. One that says that it is larger than `limit` is not read at all, and
 * one that turns out to be is read no further.
 */
export async function readBody(request: RawHttp['request'], limit: number): Promise<Buffer<ArrayBuffer>> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  try {
    // Not destroyed when it is left, for then the connection were, too, before the refusal is said.
    for await (const chunk of request.raw.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > limit) break
      chunks.push(chunk)
    }
  } catch (error) {
    throw cutOff(error)
  }
  if (size > limit) throw tooLarge()
  return Buffer.concat(chunks)
}

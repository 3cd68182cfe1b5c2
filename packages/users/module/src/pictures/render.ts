import { isAppError } from '@lightpress/protocol'
import sharp, { type Sharp } from 'sharp'
import { createLimiter } from './limiter.ts'
import { refused } from './refusals.ts'
import { sniff } from './sniff.ts'

/** Edges of what we show, in pixels. */
const EDGE = 512
/** Of what is sent: the camera of a phone makes less, and unpacked it fits into memory. */
const MAX_PIXELS = 40_000_000
/** Seconds. A picture that takes longer was made to. */
const TIME = 5

// The threads of libuv work, never the main one: each on a picture of its own, and not on many at once, because a
// picture that is sent with a few kilobytes can take 300 MB while it is unpacked.
sharp.concurrency(1)
sharp.cache(false)
const limited = createLimiter({ atOnce: 2, waiting: 24 })

// libvips reads many more formats than we take. What is not among these is not even looked at.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: ['Png', 'Jpeg', 'Webp', 'Nsgif', 'Heif'].map((format) => `VipsForeignLoad${format}Buffer`),
})

/** A face fills its square, and a logo is seen whole. */
export type Use = 'avatar' | 'logo'

export interface Rendering {
  /** What it was said to be, where something was said. */
  declared: string | undefined
  use: Use
  /** Of whoever waits for it: a picture that nobody waits for is not unpacked. */
  signal: AbortSignal
}

/**
 * Makes the picture that we keep of one that was sent: its first frame, upright, in a square, as WebP, with nothing else
 * that stood in the file. Throws `users.image_refused`.
 */
export async function render(bytes: Buffer, { declared, use, signal }: Rendering): Promise<Buffer> {
  const type = sniff(bytes)
  if (type === null) throw refused('Send a picture: PNG, JPEG, WebP, GIF or AVIF.')
  if (declared !== undefined && declared !== type) throw refused(`This is ${type}, and was said to be ${declared}.`)
  return limited(async () => {
    try {
      const source = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error', pages: 1 })
      const { width, height, mediaType } = await source.metadata()
      if (mediaType !== type) throw refused(`This is ${mediaType}, and begins like ${type}.`)
      if (width * height > MAX_PIXELS) throw refused('The picture has too many pixels.')
      return await squared(source.autoOrient(), use).webp({ quality: 82 }).timeout({ seconds: TIME }).toBuffer()
    } catch (error) {
      if (isAppError(error)) throw error
      throw refused('The picture could not be read: it is damaged, or too large once it is unpacked.', error)
    }
  }, signal)
}

function squared(picture: Sharp, use: Use): Sharp {
  switch (use) {
    case 'avatar':
      return picture.resize(EDGE, EDGE, { fit: 'cover' })
    case 'logo':
      return picture.resize(EDGE, EDGE, { fit: 'contain', background: { r: 0, g: 0, b: 0, alpha: 0 } })
  }
}

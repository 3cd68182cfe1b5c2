import type { ImageType } from '@lightpress/users-contract'
import type { z } from 'zod'

type Type = z.infer<typeof ImageType>

/** What a file is by its first bytes, whatever anybody says of it; null for what is no picture that we take. */
export function sniff(bytes: Buffer): Type | null {
  const text = (from: number, to: number) => bytes.toString('latin1', from, to)
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') return 'image/png'
  if (text(0, 3) === '\xff\xd8\xff') return 'image/jpeg'
  if (text(0, 6) === 'GIF87a' || text(0, 6) === 'GIF89a') return 'image/gif'
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'image/webp'
  // ISO/IEC 14496-12, 4.3: a list of brands, of which HEIC (its pictures are like these, patented) has others.
  if (text(4, 8) === 'ftyp' && /^(?:.{4})*?avi[fs]/s.test(text(8, Math.min(bytes.readUInt32BE(0), 64))))
    return 'image/avif'
  return null
}

import type { ImageType } from '@lightpress/users-contract'
import type { z } from 'zod'

type Type = z.infer<typeof ImageType>

/** As in the contract, which has a schema library with it that no browser is to load. A test compares them. */
export const imageTypes: readonly Type[] = ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif']
export const mostBytes = 5 * 1024 * 1024

/** What can be said against a file before any of it is sent; what it really is, the server finds out. */
export function pictureFault({ type, size }: Pick<File, 'type' | 'size'>): string | undefined {
  if (!isImageType(type)) return 'Choose a PNG, JPEG, WebP, GIF or AVIF image.'
  if (size === 0) return 'This file is empty.'
  if (size > mostBytes) return `This image has ${megabytes(size)} MB. It can have 5 MB at most.`
  return undefined
}

export function isImageType(type: string): type is Type {
  return (imageTypes as readonly string[]).includes(type)
}

/** Rounded up, so that what is too large never reads as just right. */
function megabytes(bytes: number): string {
  return (Math.ceil((bytes / 1024 / 1024) * 10) / 10).toFixed(1)
}

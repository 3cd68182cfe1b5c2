import { command, DisplayName, query, raw } from '@lightpress/protocol'
import { z } from 'zod'
import { ImageUrl, Locale, pictureTypes, Theme, TimeZone } from './shapes.ts'

export const Profile = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  avatarUrl: ImageUrl,
  locale: Locale,
  timeZone: z.string(),
  theme: Theme,
  createdAt: z.iso.datetime(),
})
export type Profile = z.infer<typeof Profile>

/** Bytes of an image that is uploaded. */
export const MAX_IMAGE_BYTES = 5 * 1024 * 1024
export const ImageType = z.enum(['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif'])

/**
 * Where to send the bytes of an image, and how. It is good once, for a while, for so many bytes; what it is shows when
 * it is used.
 */
export const Upload = z.object({
  uploadId: z.uuid(),
  method: z.literal('PUT'),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  expiresAt: z.iso.datetime(),
})
export type Upload = z.infer<typeof Upload>

export const profileOperations = {
  getMe: query({
    path: '/v1/users/me',
    access: 'user',
    summary: 'The signed-in person.',
    input: z.object({}),
    output: Profile,
  }),
  updateMe: command({
    method: 'PATCH',
    path: '/v1/users/me',
    access: 'user',
    assurance: 'self',
    summary: 'Changes what the person may change about themselves.',
    input: z.object({
      name: DisplayName.optional(),
      locale: Locale.optional(),
      timeZone: TimeZone.optional(),
      theme: Theme.optional(),
    }),
    output: Profile,
  }),
  startUpload: command({
    path: '/v1/users/uploads',
    access: 'user',
    assurance: 'self',
    summary: 'Where to send an image before it is used; the storage takes it itself where it can.',
    status: 201,
    input: z.object({ contentType: ImageType, size: z.number().int().min(1).max(MAX_IMAGE_BYTES) }),
    output: Upload,
  }),
  receiveUpload: raw({
    method: 'PUT',
    path: '/v1/users/uploads/:id',
    access: 'signed',
    summary: 'Takes the bytes of an upload where the storage does not do so itself. The address is signed.',
    takes: ['image/*'],
    input: z.object({ id: z.uuid(), expires: z.string().max(20), signature: z.string().max(100) }),
    output: z.object({ status: z.literal('received') }),
  }),
  setAvatar: raw({
    method: 'POST',
    path: '/v1/users/me/avatar',
    access: 'user',
    assurance: 'self',
    summary:
      "Sets the person's picture: multipart/form-data with one file, the image itself as the body, or JSON `{ uploadId }`.",
    takes: pictureTypes,
    input: z.object({ uploadId: z.uuid().optional() }),
    output: Profile,
  }),
  removeAvatar: command({
    method: 'DELETE',
    path: '/v1/users/me/avatar',
    access: 'user',
    assurance: 'self',
    summary: "Takes the person's picture away. Again is the same as once.",
    input: z.object({}),
    output: Profile,
  }),
  getImage: raw({
    method: 'GET',
    path: '/v1/users/images/:name',
    access: 'public',
    summary: 'A picture of a person or an organisation. A name shows the same for ever.',
    input: z.object({ name: z.string().max(100) }),
    produces: 'image/webp',
  }),
}

import { z } from 'zod'

/** A password as somebody types it who has one. */
export const Password = z.string().max(256)
/** What is in the link of a mail. */
export const LinkToken = z.string().max(500)
/** Browsers hold tokens in HttpOnly cookies, programs in their own memory. */
export const Mode = z.enum(['token', 'cookie']).default('token')

const SessionUser = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  organizationId: z.uuid().nullable(),
  role: z.enum(['member', 'admin', 'owner']).nullable(),
  operator: z.boolean(),
})
export type SessionUser = z.infer<typeof SessionUser>

/** In `cookie` mode the tokens are in HttpOnly cookies and not here. `expiresAt` is the access token's. */
export const SignedIn = z.object({
  accessToken: z.string().optional(),
  refreshToken: z.string().optional(),
  expiresAt: z.iso.datetime(),
  user: SessionUser,
})
export type SignedIn = z.infer<typeof SignedIn>

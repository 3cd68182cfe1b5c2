import { z } from 'zod'

/** What a session was begun on, as its browser or program describes itself; null where it does not. */
export const Device = z.object({
  browser: z.string().nullable(),
  system: z.string().nullable(),
  kind: z.enum(['desktop', 'phone', 'tablet', 'program', 'unknown']),
})
export type Device = z.infer<typeof Device>

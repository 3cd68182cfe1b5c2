import { z } from 'zod'

/** What every list takes: how many, and where the last page ended. */
export const Page = z.object({
  limit: z.number().int().min(1).max(100).default(25),
  cursor: z.string().max(200).optional(),
})

/** What every list answers. `nextCursor` is null on the last page. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() })
}

import { z } from 'zod'
import type { MinorUnits as Units } from './money.ts'

export const MinorUnits = z.int() as unknown as z.ZodType<Units, Units>

/** Integer minor units of an ISO 4217 currency in lower case, as Stripe has them. */
export const Money = z.object({ amount: MinorUnits, currency: z.string().length(3) })
export type Money = z.infer<typeof Money>

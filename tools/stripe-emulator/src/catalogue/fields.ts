import { z } from 'zod'
import { isDecimal, plain } from '../arithmetic/decimal.ts'

/** What several objects of the catalogue take. */
export const currency = z
  .string()
  .regex(/^[A-Za-z]{3}$/)
  .toLowerCase()

export const taxBehavior = z.enum(['exclusive', 'inclusive', 'unspecified'])

/** A decimal that is not negative, with at most so many places, written the shortest way. */
export function decimal({ places }: { places: number }) {
  return z
    .string()
    .refine((value) => isDecimal(value) && !value.startsWith('-') && (value.split('.')[1] ?? '').length <= places, {
      params: { code: 'parameter_invalid_decimal' },
      error: ({ input }) => `Invalid decimal: ${String(input)}; must contain at maximum ${places} decimal places.`,
    })
    .transform(plain)
}

import { z } from 'zod'
import { isDecimal, plain } from '../arithmetic/decimal.ts'
import { invalidRequest } from '../http/errors.ts'

const currencies = new Set(Intl.supportedValuesOf('currency'))

/** What several objects of the catalogue take. */
export const currency = z
  .string()
  .regex(/^[A-Za-z]{3}$/)
  .refine((code) => currencies.has(code.toUpperCase()), { error: ({ input }) => `Invalid currency: ${String(input)}` })
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

const fiveYears = 5 * 366 * 86_400

/** Refuses a moment that has been, or that is more than five years away. */
export function checkFuture(param: string, moment: number | undefined, now: number): void {
  if (moment !== undefined && moment <= now) {
    throw invalidRequest(
      `The parameter \`${param}\` expects a unix timestamp representing a date and time in the future. ` +
        `You specified the value \`${moment}\` which is in the past.`,
      { param },
    )
  }
  if (moment !== undefined && moment > now + fiveYears) {
    throw invalidRequest('Invalid timestamp: can be no more than five years in the future.', { param })
  }
}

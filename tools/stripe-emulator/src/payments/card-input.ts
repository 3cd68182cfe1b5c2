import { ApiError, invalidRequest } from '../http/errors.ts'
import { isCardNumber, numberNamed, type CardDetails } from './test-cards.ts'

interface CardInput {
  cvc?: string | undefined
  exp_month?: number | undefined
  exp_year?: number | undefined
  number?: string | undefined
  token?: string | undefined
}

/** Reads a card as the API takes it: by its number, or by the name of a test token such as `tok_visa`. */
export function readCard(
  { cvc, exp_month: month, exp_year: year, number, token }: CardInput,
  now: number,
): CardDetails {
  if (token !== undefined) return { number: numberOfToken(token), ...expiryOfTests(now) }
  if (number === undefined) throw missing('number')
  if (month === undefined) throw missing('exp_month')
  if (year === undefined) throw missing('exp_year')
  const digits = number.replace(/[\s-]/g, '')
  if (!isCardNumber(digits)) throw cardError('incorrect_number', 'Your card number is incorrect.', 'number')
  checkExpiry({ month, year }, now)
  if (cvc !== undefined && !/^\d{3,4}$/.test(cvc)) {
    throw cardError('invalid_cvc', "Your card's security code is invalid.", 'cvc')
  }
  return { number: digits, expMonth: month, expYear: fourDigits(year) }
}

/** A card is good until the end of its month. */
export function checkExpiry({ month, year }: { month: number; year: number }, now: number): void {
  if (month < 1 || month > 12) {
    throw cardError('invalid_expiry_month', "Your card's expiration month is invalid.", 'exp_month')
  }
  if (
    Date.UTC(fourDigits(year), month, 1) <= now * 1000 ||
    fourDigits(year) > new Date(now * 1000).getUTCFullYear() + 50
  ) {
    throw cardError('invalid_expiry_year', "Your card's expiration year is invalid.", 'exp_year')
  }
}

/** Stripe's ready-made cards expire a year from now. */
export function expiryOfTests(now: number): Pick<CardDetails, 'expMonth' | 'expYear'> {
  const today = new Date(now * 1000)
  return { expMonth: today.getUTCMonth() + 1, expYear: today.getUTCFullYear() + 1 }
}

export function fourDigits(year: number): number {
  return year < 100 ? 2000 + year : year
}

function numberOfToken(token: string): string {
  const number = token.startsWith('tok_') ? numberNamed(token) : null
  if (number === null) {
    throw invalidRequest(`No such token: '${token}'`, { code: 'resource_missing', param: 'card[token]' })
  }
  return number
}

function missing(name: string): ApiError {
  return invalidRequest(`Missing required param: card[${name}].`, { code: 'parameter_missing', param: `card[${name}]` })
}

function cardError(code: string, message: string, param: string): ApiError {
  return new ApiError(402, 'card_error', message, { code, param })
}

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
export function readCard({ token, ...typed }: CardInput, now: number): CardDetails {
  if (token === undefined) return readTyped(typed, now)
  const other = (['number', 'exp_month', 'exp_year', 'cvc'] as const).find((name) => typed[name] !== undefined)
  if (other !== undefined) throw exclusive(other)
  return readyMade(numberOfToken(token), now)
}

/** Stripe's ready-made cards expire a year from now. */
export function readyMade(number: string, now: number): CardDetails {
  const today = new Date(now * 1000)
  return { number, expMonth: today.getUTCMonth() + 1, expYear: today.getUTCFullYear() + 1, cvcGiven: true }
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

export function fourDigits(year: number): number {
  return year < 100 ? 2000 + year : year
}

function readTyped(
  { cvc, exp_month: month, exp_year: year, number }: Omit<CardInput, 'token'>,
  now: number,
): CardDetails {
  if (number === undefined) throw missing('number')
  if (month === undefined) throw missing('exp_month')
  if (year === undefined) throw missing('exp_year')
  const digits = number.replace(/[\s-]/g, '')
  if (!isCardNumber(digits)) throw cardError('incorrect_number', 'Your card number is incorrect.', 'number')
  checkExpiry({ month, year }, now)
  if (cvc !== undefined && !/^\d{3,4}$/.test(cvc)) {
    throw cardError('invalid_cvc', "Your card's security code is invalid.", 'cvc')
  }
  return { number: digits, expMonth: month, expYear: fourDigits(year), cvcGiven: cvc !== undefined }
}

function numberOfToken(token: string): string {
  const number = token.startsWith('tok_') ? numberNamed(token) : null
  if (number === null) {
    throw invalidRequest(`No such token: '${token}'`, { code: 'resource_missing', param: 'card[token]' })
  }
  return number
}

function exclusive(name: string): ApiError {
  return invalidRequest(`You may only specify one of these parameters: card[token], card[${name}].`, {
    code: 'parameters_exclusive',
    param: `card[${name}]`,
  })
}

function missing(name: string): ApiError {
  return invalidRequest(`Missing required param: card[${name}].`, { code: 'parameter_missing', param: `card[${name}]` })
}

function cardError(code: string, message: string, param: string): ApiError {
  return new ApiError(402, 'card_error', message, { code, param })
}

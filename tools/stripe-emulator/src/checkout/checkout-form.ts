import { isCardNumber } from '../payments/test-cards.ts'
import type { Payer } from './checkout-completion.ts'

export type CheckoutField = 'email' | 'cardNumber' | 'cardExpiry' | 'cardCvc' | 'name'
export type CheckoutForm = Record<CheckoutField, string>
export type CheckoutErrors = Partial<Record<CheckoutField, string>>

/** Reads what the person typed: who pays and with which card, or what is wrong, field by field. */
export function readPayer(form: CheckoutForm, now: number): { payer: Payer } | { errors: CheckoutErrors } {
  const number = form.cardNumber.replace(/[\s-]/g, '')
  const expiry = /^(\d{1,2})\s*\/?\s*(?:20)?(\d{2})$/.exec(form.cardExpiry.trim())
  const expMonth = Number(expiry?.[1])
  const expYear = 2000 + Number(expiry?.[2])
  const errors: CheckoutErrors = {
    ...(!/^[^@\s]+@[^@\s]+\.?[^@\s]+$/.test(form.email.trim()) && { email: 'Enter an email address.' }),
    ...(!isCardNumber(number) && { cardNumber: 'This card number is not valid.' }),
    ...(!isInFuture(expMonth, expYear, now) && { cardExpiry: 'Enter a date in the future.' }),
    ...(!/^\d{3,4}$/.test(form.cardCvc.trim()) && { cardCvc: 'Enter 3 or 4 digits.' }),
  }
  if (Object.keys(errors).length > 0) return { errors }
  return {
    payer: {
      email: form.email.trim(),
      name: form.name.trim() || null,
      card: { number, expMonth, expYear },
    },
  }
}

/** A card is good until the end of its month. */
function isInFuture(month: number, year: number, now: number): boolean {
  return month >= 1 && month <= 12 && Date.UTC(year, month, 1) > now * 1000
}

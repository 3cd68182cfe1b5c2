import type { Context } from '../context.ts'
import { blankCard, cardForm, readCardForm, type CardField } from '../pages/card-form.ts'
import { isEmail } from '../pages/fields.ts'
import { textOf } from '../pages/respond.ts'
import type { CardDetails } from '../payments/test-cards.ts'
import type { CheckoutSession, PaymentMethod } from '../state/state.ts'
import type { Payer } from './checkout-completion.ts'
import { orderOf } from './find-session.ts'
import { findCustomerOf, savedCards } from './saved-cards.ts'

export type CheckoutField = 'email' | CardField

/** What the page's one form sends, whichever of its buttons was pressed. */
export interface CheckoutForm extends Record<CheckoutField, string> {
  /** The button: to pay, unless it says `apply`, `remove`, `update`, or `forget` and a payment method. */
  action: string
  /** What the page said that it comes to, in minor units. */
  total: string
  /** A saved payment method, or `new`. */
  paymentMethod: string
  save: boolean
  promotionCode: string
  /** By line item. */
  quantities: Record<string, string>
}

export type CheckoutErrors = Partial<Record<CheckoutField, string>>

export function checkoutForm(given: Record<string, unknown>): CheckoutForm {
  const { quantity = {} } = given
  return {
    action: textOf(given.action),
    total: textOf(given.total),
    email: textOf(given.email),
    paymentMethod: textOf(given.paymentMethod) || 'new',
    ...cardForm(given),
    save: textOf(given.save) !== '',
    promotionCode: textOf(given.promotionCode).trim(),
    quantities: Object.fromEntries(Object.entries(quantity as object).map(([id, value]) => [id, textOf(value).trim()])),
  }
}

/**
 * Filled in with the card that works, so that a walk through the product needs one click here; and for who comes back
 * from the bank, with what they had said of themselves.
 */
export function blankForm(session: CheckoutSession, ctx: Context): CheckoutForm {
  const { attempt } = orderOf(session, ctx)
  return {
    action: '',
    total: '',
    email: attempt?.email ?? session.customer_details?.email ?? '',
    paymentMethod: savedCards(session, ctx)[0]?.id ?? 'new',
    ...blankCard(ctx.now),
    name: attempt?.name ?? '',
    save: false,
    promotionCode: '',
    quantities: {},
  }
}

/** Reads what the person typed: who pays and with what, or what is wrong, field by field. */
export function readPayer(
  form: CheckoutForm,
  { session, needsMethod }: { session: CheckoutSession; needsMethod: boolean },
  ctx: Context,
): { payer: Payer } | { errors: CheckoutErrors } {
  const known = findCustomerOf(session, ctx)?.email ?? null
  const saved = savedCards(session, ctx).find(({ id }) => id === form.paymentMethod)
  const card = needsMethod && !saved ? readCardForm(form, ctx.now) : null
  const errors: CheckoutErrors = {
    ...(known === null && !isEmail(form.email) && { email: 'Enter an email address, such as ada@example.com.' }),
    ...(card && 'errors' in card && card.errors),
  }
  if (Object.keys(errors).length > 0) return { errors }
  return {
    payer: {
      email: known ?? form.email.trim(),
      name: saved ? nameOn(saved) : form.name.trim() || null,
      method: methodOf(form, { saved, card: card && 'card' in card ? card.card : null }, needsMethod),
    },
  }
}

function methodOf(
  { save: keep }: CheckoutForm,
  { saved, card }: { saved: PaymentMethod | undefined; card: CardDetails | null },
  needsMethod: boolean,
): Payer['method'] {
  if (!needsMethod) return null
  if (saved) return { saved }
  return card && { card, keep }
}

function nameOn({ billing_details: { name } }: PaymentMethod): string | null {
  return name
}

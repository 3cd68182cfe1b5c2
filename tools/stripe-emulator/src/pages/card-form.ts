import { isCardNumber, type CardDetails } from '../payments/test-cards.ts'
import { fieldsOf } from './fields.ts'
import { html, type Content, type Html } from './html.ts'
import { textOf } from './respond.ts'

export type CardField = 'cardNumber' | 'cardExpiry' | 'cardCvc' | 'name'
export type CardForm = Record<CardField, string>
export type CardErrors = Partial<Record<CardField, string>>

/** What was typed. */
export function cardForm(given: Record<string, unknown>): CardForm {
  return {
    cardNumber: textOf(given.cardNumber),
    cardExpiry: textOf(given.cardExpiry),
    cardCvc: textOf(given.cardCvc),
    name: textOf(given.name),
  }
}

/** Filled in with the card that works, so that a walk through the product needs one click here. */
export function blankCard(now: number): CardForm {
  const year = (new Date(now * 1000).getUTCFullYear() + 4) % 100
  return {
    cardNumber: '4242 4242 4242 4242',
    cardExpiry: `12 / ${String(year).padStart(2, '0')}`,
    cardCvc: '123',
    // The customer may be an organisation, whose name no card bears.
    name: '',
  }
}

/** The card and whose it is, or what is wrong with what was typed, field by field. */
export function readCardForm(
  form: CardForm,
  now: number,
): { card: CardDetails; name: string | null } | { errors: CardErrors } {
  const number = form.cardNumber.replace(/[\s-]/g, '')
  const expiry = /^(\d{1,2})\s*\/?\s*(?:20)?(\d{2})$/.exec(form.cardExpiry.trim())
  const expMonth = Number(expiry?.[1])
  const expYear = 2000 + Number(expiry?.[2])
  const errors: CardErrors = {
    ...(number === '' && { cardNumber: 'Enter the number of your card.' }),
    ...(number !== '' && !isCardNumber(number) && { cardNumber: 'This card number is not valid.' }),
    ...(!isInFuture(expMonth, expYear, now) && { cardExpiry: 'Enter a date in the future.' }),
    ...(!/^\d{3,4}$/.test(form.cardCvc.trim()) && { cardCvc: 'Enter 3 or 4 digits.' }),
  }
  if (Object.keys(errors).length > 0) return { errors }
  return { card: { number, expMonth, expYear, cvcGiven: true }, name: form.name.trim() || null }
}

/** The fields of a card, what else there is to say about it, and buttons that fill in one to try. */
export function cardInputs(form: CardForm, errors: CardErrors, more?: Content): Html {
  const field = fieldsOf<CardField>(form, errors)
  return html`${field('cardNumber', 'Card number', html`inputmode="numeric" autocomplete="cc-number" required`)}
    <div class="row">
      ${field('cardExpiry', 'Expiry (MM / YY)', html`inputmode="numeric" autocomplete="cc-exp" required`)}
      ${field('cardCvc', 'Security code', html`inputmode="numeric" autocomplete="cc-csc" required`)}
    </div>
    ${field('name', 'Name on card (optional)', html`autocomplete="cc-name"`)} ${more}
    <fieldset class="cards" hidden>
      <legend>Try a test card</legend>
      <button type="button" data-card="4242 4242 4242 4242">Succeeds</button>
      <button type="button" data-card="4000 0027 6000 3184">3D Secure</button>
      <button type="button" data-card="4000 0000 0000 0002">Declined</button>
      <button type="button" data-card="4000 0000 0000 9995">No funds</button>
    </fieldset>`
}

/** A card is good until the end of its month. */
function isInFuture(month: number, year: number, now: number): boolean {
  return month >= 1 && month <= 12 && Date.UTC(year, month, 1) > now * 1000
}

import { isCardNumber, type CardDetails } from '../payments/test-cards.ts'
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
  return { card: { number, expMonth, expYear }, name: form.name.trim() || null }
}

/** The fields of a card, and buttons that fill in one to try. */
export function cardInputs(form: CardForm, errors: CardErrors): Html {
  const firstWrong = Object.keys(errors)[0]
  const field = (name: CardField, label: string, attributes: Content) =>
    input({ name, label, value: form[name], error: errors[name], focused: name === firstWrong, attributes })
  return html`${field('cardNumber', 'Card number', html`inputmode="numeric" autocomplete="cc-number" required`)}
    <div class="row">
      ${field('cardExpiry', 'Expiry (MM / YY)', html`inputmode="numeric" autocomplete="cc-exp" required`)}
      ${field('cardCvc', 'Security code', html`inputmode="numeric" autocomplete="cc-csc" required`)}
    </div>
    ${field('name', 'Name on card (optional)', html`autocomplete="cc-name"`)}
    <fieldset class="cards" hidden>
      <legend>Try a test card</legend>
      <button type="button" data-card="4242 4242 4242 4242">Succeeds</button>
      <button type="button" data-card="4000 0027 6000 3184">Asks for confirmation</button>
      <button type="button" data-card="4000 0000 0000 0002">Declined</button>
      <button type="button" data-card="4000 0000 0000 9995">Insufficient funds</button>
    </fieldset>`
}

function input({
  name,
  label,
  value,
  error,
  focused,
  attributes,
}: {
  name: CardField
  label: string
  value: string
  error: string | undefined
  focused: boolean
  attributes: Content
}): Html {
  const invalid = error !== undefined && html`aria-invalid="true" aria-describedby="${name}-error"`
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input id="${name}" name="${name}" value="${value}" ${attributes} ${invalid} ${focused && 'autofocus'} />
    ${error !== undefined && html`<p class="error" id="${name}-error">${error}</p>`}
  </div>`
}

/** A card is good until the end of its month. */
function isInFuture(month: number, year: number, now: number): boolean {
  return month >= 1 && month <= 12 && Date.UTC(year, month, 1) > now * 1000
}

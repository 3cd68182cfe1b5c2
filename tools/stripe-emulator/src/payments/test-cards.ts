/** Stripe's test cards: https://docs.stripe.com/testing#cards */
export interface Decline {
  code: 'card_declined' | 'expired_card' | 'incorrect_cvc' | 'processing_error'
  declineCode: string
  message: string
}

export interface CardDetails {
  number: string
  brand: 'visa' | 'mastercard' | 'amex'
  expMonth: number
  expYear: number
}

const declined = 'Your card was declined.'

const cards: Record<string, Decline | null> = {
  '4242424242424242': null,
  '4000056655665556': null,
  '5555555555554444': null,
  '378282246310005': null,
  '4000000000000002': { code: 'card_declined', declineCode: 'generic_decline', message: declined },
  '4000000000009995': {
    code: 'card_declined',
    declineCode: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
  },
  '4000000000009987': { code: 'card_declined', declineCode: 'lost_card', message: declined },
  '4000000000009979': { code: 'card_declined', declineCode: 'stolen_card', message: declined },
  '4000000000000069': { code: 'expired_card', declineCode: 'expired_card', message: 'Your card has expired.' },
  '4000000000000127': {
    code: 'incorrect_cvc',
    declineCode: 'incorrect_cvc',
    message: 'Your card’s security code is incorrect.',
  },
  '4000000000000119': {
    code: 'processing_error',
    declineCode: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
  },
}

const notATestCard: Decline = {
  code: 'card_declined',
  declineCode: 'test_mode_live_card',
  message: 'Your card was declined: this stand-in takes only test cards such as 4242 4242 4242 4242.',
}

/** What the bank says to this card: null is yes. */
export function declineOf(number: string): Decline | null {
  const answer = cards[number]
  return answer === undefined ? notATestCard : answer
}

export function brandOf(number: string): CardDetails['brand'] {
  if (number.startsWith('5')) return 'mastercard'
  return number.startsWith('3') ? 'amex' : 'visa'
}

/** The check digit that every card number carries. */
export function isCardNumber(number: string): boolean {
  if (!/^\d{13,19}$/.test(number)) return false
  const sum = [...number].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}

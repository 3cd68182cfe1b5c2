/** Stripe's test cards, and what the banks behind them say: https://docs.stripe.com/testing */
export interface TestCard {
  number: string
  brand: Brand
  funding: 'credit' | 'debit' | 'prepaid'
  /** What the bank says to a charge once it knows who pays; null is yes. */
  decline: Decline | null
  /** Whether it refuses already when it is attached to a customer or set up. */
  refusesToBeSaved: boolean
  /**
   * When the holder must prove who they are. `unless_set_up`: always while they are there, and when they are away only
   * if the card was not set up for that before; `set_up`: it comes set up; `before_charge`: always, and Stripe asks for it
   * before it asks the bank, so that no charge fails.
   */
  authentication: 'never' | 'always' | 'unless_set_up' | 'set_up' | 'before_charge'
}

export type Brand = 'visa' | 'mastercard' | 'amex' | 'discover' | 'diners' | 'jcb' | 'unionpay'

export interface Decline {
  code: 'authentication_required' | 'card_declined' | 'expired_card' | 'incorrect_cvc' | 'processing_error'
  declineCode: string
  message: string
  /** What is wrong with the card itself. */
  param?: 'cvc' | 'exp_month'
}

export interface CardDetails {
  number: string
  expMonth: number
  expYear: number
  /** Whether the security code came with it, which is checked only then. */
  cvcGiven: boolean
}

const declined = 'Your card was declined.'
const generic: Decline = { code: 'card_declined', declineCode: 'generic_decline', message: declined }
const noFunds: Decline = {
  code: 'card_declined',
  declineCode: 'insufficient_funds',
  message: 'Your card has insufficient funds.',
}

export const authenticationRequired: Decline = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
}

const notATestCard: Decline = {
  code: 'card_declined',
  declineCode: 'test_mode_live_card',
  message: 'Your card was declined: this stand-in takes only test cards such as 4242 4242 4242 4242.',
}

/** Each with the names that follow `pm_card_` and `tok_`. */
const named: [number: string, names: string[], traits?: Partial<TestCard>][] = [
  // https://docs.stripe.com/testing#cards
  ['4242424242424242', ['visa', 'us']],
  ['4000056655665556', ['visa_debit'], { funding: 'debit' }],
  ['5555555555554444', ['mastercard']],
  ['2223003122003222', []],
  ['5200828282828210', ['mastercard_debit'], { funding: 'debit' }],
  ['5105105105105100', ['mastercard_prepaid'], { funding: 'prepaid' }],
  ['378282246310005', ['amex']],
  ['371449635398431', []],
  ['6011111111111117', ['discover']],
  ['6011000990139424', []],
  ['6011981111111113', [], { funding: 'debit' }],
  ['3056930009020004', ['diners']],
  ['36227206271667', []],
  ['3566002020360505', ['jcb']],
  ['6200000000000005', ['unionpay']],
  ['6200000000000047', [], { funding: 'debit' }],
  // https://docs.stripe.com/testing#declined-payments
  ['4000000000000002', ['visa_chargeDeclined', 'chargeDeclined'], refusing(generic)],
  ['4000000000009995', ['visa_chargeDeclinedInsufficientFunds', 'chargeDeclinedInsufficientFunds'], refusing(noFunds)],
  ['4000000000009987', ['visa_chargeDeclinedLostCard'], refusing(declinedFor('lost_card'))],
  ['4000000000009979', ['visa_chargeDeclinedStolenCard'], refusing(declinedFor('stolen_card'))],
  ['4000000000006975', ['visa_chargeDeclinedVelocityLimitExceeded'], refusing(declinedFor('card_velocity_exceeded'))],
  [
    '4000000000000069',
    ['chargeDeclinedExpiredCard'],
    refusing({
      code: 'expired_card',
      declineCode: 'expired_card',
      message: 'Your card has expired.',
      param: 'exp_month',
    }),
  ],
  [
    '4000000000000127',
    ['chargeDeclinedIncorrectCvc'],
    refusing({
      code: 'incorrect_cvc',
      declineCode: 'incorrect_cvc',
      message: "Your card's security code is incorrect.",
      param: 'cvc',
    }),
  ],
  [
    '4000000000000119',
    ['chargeDeclinedProcessingError'],
    refusing({
      code: 'processing_error',
      declineCode: 'processing_error',
      message: 'An error occurred while processing your card. Try again in a little bit.',
    }),
  ],
  ['4000000000000341', ['chargeCustomerFail'], { decline: generic }],
  // https://docs.stripe.com/testing#authentication-and-setup
  ['4000002500003155', ['authenticationRequiredOnSetup'], { authentication: 'unless_set_up' }],
  ['4000002760003184', ['authenticationRequired'], { authentication: 'always' }],
  ['4000003800000446', ['authenticationRequiredSetupForOffSession'], { authentication: 'set_up' }],
  [
    '4000008260003178',
    ['authenticationRequiredChargeDeclinedInsufficientFunds'],
    { authentication: 'unless_set_up', decline: noFunds },
  ],
  // https://docs.stripe.com/testing#three-ds-cards
  ['4000000000003220', ['threeDSecure2Required'], { authentication: 'before_charge' }],
  ['4000000000003063', ['threeDSecureRequired'], { authentication: 'before_charge' }],
  ['4000008400001629', ['threeDSecureRequiredChargeDeclined'], { authentication: 'before_charge', decline: generic }],
  ['4000000000003055', ['threeDSecureOptional']],
]

const cards = new Map(named.map(([number, , traits]) => [number, testCard(number, traits)]))

const numbers = new Map(named.flatMap(([number, names]) => names.map((name) => [name, number])))

/** How this card behaves. One that is no test card is refused. */
export function behaviourOf(number: string): TestCard {
  return cards.get(number) ?? testCard(number, refusing(notATestCard))
}

/** The number that `pm_card_visa` or `tok_visa` stands for; null for other names. */
export function numberNamed(name: string): string | null {
  const [, short = ''] = /^(?:pm_card|tok)_(.+)$/.exec(name) ?? []
  return numbers.get(short) ?? null
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

function testCard(number: string, traits: Partial<TestCard> = {}): TestCard {
  return {
    number,
    brand: brandOf(number),
    funding: 'credit',
    decline: null,
    refusesToBeSaved: false,
    authentication: 'never',
    ...traits,
  }
}

/** "The cards in the previous table can't be attached to a Customer object": all that decline but 0341. */
function refusing(decline: Decline): Partial<TestCard> {
  return { decline, refusesToBeSaved: true }
}

function declinedFor(declineCode: string): Decline {
  return { code: 'card_declined', declineCode, message: declined }
}

function brandOf(number: string): Brand {
  if (/^3[47]/.test(number)) return 'amex'
  if (/^3[068]/.test(number)) return 'diners'
  if (number.startsWith('35')) return 'jcb'
  if (number.startsWith('62')) return 'unionpay'
  if (number.startsWith('6')) return 'discover'
  return /^[25]/.test(number) ? 'mastercard' : 'visa'
}

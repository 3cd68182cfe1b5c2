import type { PaymentMethod, State } from '../state/state.ts'
import { authenticationRequired, behaviourOf, type Decline, type TestCard } from './test-cards.ts'

export type BankAnswer = 'approved' | 'authenticate' | Decline

/** The circumstances in which a card is charged. */
export interface Occasion {
  /** Whether the holder is away, and so cannot be asked. */
  offSession: boolean
  /** Whether the card was set up for charges while the holder is away. */
  setUp: boolean
  /** Whether the holder has just proved who they are. */
  authenticated: boolean
}

/** What the bank says when this card is charged: https://docs.stripe.com/testing#authentication-and-setup */
export function askToCharge(card: TestCard, { offSession, setUp, authenticated }: Occasion): BankAnswer {
  const exempt = offSession && (card.authentication === 'set_up' || (card.authentication === 'unless_set_up' && setUp))
  if (card.authentication !== 'never' && !exempt && !authenticated) {
    return offSession ? authenticationRequired : 'authenticate'
  }
  return card.decline ?? 'approved'
}

/** What the bank says when this card is to be kept for later charges. */
export function askToSetUp(card: TestCard, { authenticated }: Pick<Occasion, 'authenticated'>): BankAnswer {
  if (card.decline && card.refusesToBeSaved) return card.decline
  return card.authentication === 'never' || authenticated ? 'approved' : 'authenticate'
}

/** The card behind a payment method. One whose number is gone, because it was used up or detached, is refused. */
export function cardOf({ id }: PaymentMethod, { cards }: State): TestCard {
  return behaviourOf(cards.get(id) ?? '')
}

/** Whether its holder has agreed, in a setup or a payment, to be charged while they are away. */
export function isSetUp({ id }: PaymentMethod, { setupIntents, paymentIntents }: State): boolean {
  for (const { payment_method, status, usage } of setupIntents.values()) {
    if (payment_method === id && status === 'succeeded' && usage === 'off_session') return true
  }
  for (const { payment_method, status, setup_future_usage } of paymentIntents.values()) {
    if (payment_method === id && status === 'succeeded' && setup_future_usage === 'off_session') return true
  }
  return false
}

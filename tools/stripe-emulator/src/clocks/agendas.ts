import { checkoutExpiry } from '../checkout/checkout-sessions.ts'
import type { Agenda } from './agenda.ts'

/** Everything that time does, in the order in which it happens at the same second. */
export const agendas: Agenda[] = [checkoutExpiry]

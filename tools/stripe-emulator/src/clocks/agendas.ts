import { couponExpiry } from '../catalogue/coupons.ts'
import { promotionCodeExpiry } from '../catalogue/promotion-codes.ts'
import { checkoutExpiry } from '../checkout/checkout-expiry.ts'
import { invoiceDues } from '../invoices/dunning.ts'
import { scheduleDues } from '../schedules/schedule-lifecycle.ts'
import { subscriptionDues } from '../subscriptions/dues.ts'
import type { Agenda } from './agenda.ts'

/** Everything that time does, in the order in which it happens at the same second. */
export const agendas: Agenda[] = [
  checkoutExpiry,
  couponExpiry,
  promotionCodeExpiry,
  scheduleDues,
  subscriptionDues,
  invoiceDues,
]

import type { Interval, PlanId } from '@lightpress/billing-contract'
import { action, redirect } from '@solidjs/router'
import { billing } from '../../api/billing.ts'
import { read } from '../../api/read.ts'
import { warm } from '../../api/warm.ts'
import { getPlans } from '../pricing/data.ts'

export const getSubscription = read('subscription', () => billing.getSubscription({}))
export const getInvoices = read('invoices', async () => (await billing.listInvoices({ limit: 12 })).items)

export function preloadBilling() {
  warm(getSubscription(), getPlans())
}

export interface Order {
  planId: Exclude<PlanId, 'free'>
  interval: Interval
  seats: number
}

/** Leads to the provider's payment page. The same key for the same order: pressed twice, it is one checkout. */
export const startCheckout = action(async (order: Order, idempotencyKey: string) => {
  const { url } = await billing.startCheckout(order, { idempotencyKey })
  throw redirect(url)
}, 'start-checkout')

export const openPortal = action(async () => {
  const { url } = await billing.openPortal({})
  throw redirect(url)
}, 'open-portal')

import type { ChangePreview, Interval, PlanChange } from '@lightpress/billing-contract'
import { action, json, redirect } from '@solidjs/router'
import { billing } from '../../api/billing.ts'
import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'
import { warm } from '../../api/warm.ts'
import type { PaidPlanId } from '../../plans/choice.ts'
import { getPlans } from '../pricing/data.ts'

export const getSubscription = read('subscription', () => billing.getSubscription({}))
export const getUsage = read('usage', async () => (await billing.getUsage({})).items)
export const getNextInvoice = read('next-invoice', async () => (await billing.getNextInvoice({})).invoice)
export const getInvoices = read('invoices', (cursor: string | undefined) =>
  readPage(cursor, (from) => billing.listInvoices({ limit: 12, ...from })),
)

/** What another plan makes old. */
const aboutThePlan = [getSubscription.key, getUsage.key, getNextInvoice.key, getInvoices.key]

export function preloadBilling() {
  warm(getSubscription(), getPlans(), getUsage())
}

export interface Order {
  planId: PaidPlanId
  interval: Interval
  seats: number
  trial: boolean
  promotionCode?: string
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

export function previewChange(choice: PlanChange, signal: AbortSignal): Promise<ChangePreview> {
  return billing.previewChange(choice, { signal })
}

/** Charges what the preview says, or nothing. */
export const changeSubscription = action(
  async (choice: PlanChange, { at, dueNow }: Pick<ChangePreview, 'at' | 'dueNow'>, idempotencyKey: string) => {
    const changed = await billing.changeSubscription({ ...choice, confirmed: { at, dueNow } }, { idempotencyKey })
    return json(changed, { revalidate: aboutThePlan })
  },
  'change-subscription',
)

export const cancelSubscription = action(async () => {
  return json(await billing.cancelSubscription({}), { revalidate: aboutThePlan })
}, 'cancel-subscription')

export const resumeSubscription = action(async () => {
  return json(await billing.resumeSubscription({}), { revalidate: aboutThePlan })
}, 'resume-subscription')

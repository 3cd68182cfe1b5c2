import type Stripe from 'stripe'
import { submit } from './harness.ts'

/** Answers the bank's page, and follows it back as a browser does: to where the session sends people in the end. */
export async function answerBank(page: string, answer: 'complete' | 'fail'): Promise<string | null> {
  const { location } = await submit(page, { answer })
  if (location === null) return null
  const back = await fetch(new URL(location, page), { redirect: 'manual' })
  return back.headers.get('location')
}

export async function html(page: string): Promise<string> {
  return await (await fetch(page)).text()
}

/** What a person reads in it: without tags, spaces squeezed. */
export function textOf(markup: string): string {
  return markup
    .replace(/<head>[^]*<\/head>/, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ')
    .replace(/ ([.,])/g, '$1')
}

/** A promotion code of a coupon made for it. */
export async function createCode(
  stripe: Stripe,
  coupon: Stripe.CouponCreateParams,
  code: Partial<Stripe.PromotionCodeCreateParams> = {},
) {
  const { id } = await stripe.coupons.create(coupon)
  return await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: id }, code: 'SAVE', ...code })
}

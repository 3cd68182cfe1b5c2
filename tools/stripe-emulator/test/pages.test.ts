import { expect, test } from 'vitest'
import { ownPath } from '../src/pages/respond.ts'
import { date, dateAndTime } from '../src/pages/wording.ts'
import { createCheckout, pay, startEmulator, submit } from './harness.ts'
import { bankPage, charge, customerWith } from './payments-harness.ts'

const always = 'pm_card_authenticationRequired'

/** All of them lead elsewhere as browsers read them, who drop tabs and line ends and take `\` for `/`. */
const elsewhere = [
  '//evil.test/',
  '/\\evil.test/',
  '/\t/evil.test/',
  '/\n/evil.test/',
  '\t//evil.test/',
  '/.//evil.test/',
  '/a/..//evil.test/',
  '/%2e//evil.test/',
  'https://evil.test/',
  'javascript:alert(1)',
  '//[',
  '',
]

test.each(elsewhere)('%j is no path of this server', (given) => {
  expect(ownPath(given)).toBeUndefined()
})

test('a path of this server is kept, in the letters that an address may have', () => {
  expect(ownPath('/c/pay/cs_1?a=b&c=%2F#top')).toBe('/c/pay/cs_1?a=b&c=%2F#top')
  expect(ownPath('/events?type=invoice.*')).toBe('/events?type=invoice.*')
  expect(ownPath('/✓')).toBe('/%E2%9C%93')
  expect(ownPath(undefined)).toBeUndefined()
})

test.each(elsewhere)('the page of the bank does not lead to %j', async (given) => {
  const { stripe } = await startEmulator()
  const asked = await charge(stripe, { payment_method: always })
  const page = `${bankPage(asked)}?return=${encodeURIComponent(given)}`
  expect(await submit(page, { answer: 'fail' })).toMatchObject({ status: 200, location: null })
  expect(await (await fetch(page)).text()).not.toContain('evil.test')
})

test('whoever has paid is sent on to any address, whatever letters it is written in', async () => {
  const { stripe } = await startEmulator()
  const success_url = 'http://sklep.test/gotowe-дone?session={CHECKOUT_SESSION_ID}&ok=✓'
  const { session, page } = await createCheckout(stripe, { success_url })
  const { status, location } = await pay(page)
  expect(status).toBe(303)
  const { pathname, searchParams } = new URL(location ?? '')
  expect(decodeURIComponent(pathname)).toBe('/gotowe-дone')
  expect(Object.fromEntries(searchParams)).toEqual({ session: session.id, ok: '✓' })
  const back = await fetch(`${page}/return`, { redirect: 'manual' })
  expect(back.headers.get('location')).toBe(location)
})

test('so is who comes from the bank, and who is done with a flow of the portal', async () => {
  const { stripe } = await startEmulator()
  const asked = await charge(stripe, { payment_method: always })
  const answered = await submit(`${bankPage(asked)}?return=${encodeURIComponent('/✓')}`, { answer: 'complete' })
  expect(answered).toMatchObject({ status: 303, location: '/%E2%9C%93' })

  const { customer } = await customerWith(stripe)
  const { url } = await stripe.billingPortal.sessions.create({
    customer,
    flow_data: {
      type: 'payment_method_update',
      after_completion: { type: 'redirect', redirect: { return_url: 'http://shop.test/дone' } },
    },
  })
  const card = { cardNumber: '4242 4242 4242 4242', cardExpiry: '12 / 40', cardCvc: '123', name: '' }
  const saved = await submit(url.replace(/\/flow$/, '/cards'), card)
  expect(saved).toMatchObject({ status: 303, location: 'http://shop.test/%D0%B4one' })
})

test('a moment is shown in words, and one that no calendar knows does not break the page', () => {
  expect(date(1_800_000_000).text).toContain('>15 Jan 2027</time>')
  expect(dateAndTime(1_800_000_000).text).toContain('>15 Jan 2027, 08:00:00</time>')
  for (const seconds of [999_999_999_999_999, -999_999_999_999_999, Infinity, NaN]) {
    expect(date(seconds).text).toContain('unknown')
  }
})

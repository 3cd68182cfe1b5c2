import { AlertAction } from '@lightpress/auth-contract'
import { PlanId, SubscriptionStatus } from '@lightpress/billing-contract'
import { describe, expect, it } from 'vitest'
import { alertNotice } from '../src/alerts/texts.ts'
import { localeOf } from '../src/formats.ts'
import { membershipNews } from '../src/membership-texts.ts'
import { paymentReceived, subscriptionNews, welcome } from '../src/texts.ts'

const locales = ['en', 'de', 'fr'] as const

describe('what stands in the inbox', () => {
  it.each(locales)('reads in %s as it was approved', (locale) => {
    const total = { amount: 123450, currency: 'eur' }
    const news = SubscriptionStatus.options.map((status) => [
      status,
      subscriptionNews({ organizationName: 'Analytical Engines', planId: 'pro', status }, locale),
    ])
    expect({
      welcome: welcome(locale),
      payment: paymentReceived({ number: 'LP-0042', planId: 'pro', total }, locale),
      bare: paymentReceived({ number: null, planId: null, total }, locale),
      ...Object.fromEntries(news),
    }).toMatchSnapshot()
  })

  it.each(locales)('tells in %s of what happened to the account, and on what device', (locale) => {
    const device = { browser: 'Firefox', system: 'Linux', kind: 'desktop' as const }
    const notices = AlertAction.options.map((action) => [action, alertNotice({ action, device }, locale)])
    expect(Object.fromEntries(notices)).toMatchSnapshot()
    const { body } = alertNotice({ action: 'signed_in', device }, locale)
    const { body: bare } = alertNotice({ action: 'signed_in', device: null }, locale)
    expect(body.startsWith(bare) && body.endsWith(' Firefox, Linux.')).toBe(true)
  })

  it.each(locales)('tells in %s who comes, who goes and who may do what', (locale) => {
    const about = { organizationName: 'Analytical Engines', personName: 'Ada Lovelace' }
    const news = (['joined', 'left', 'removed', 'role', 'ownership'] as const).flatMap((change) =>
      (['member', 'admin', 'owner', null] as const).map((role) => [
        `${change} ${role}`,
        membershipNews({ change, role, ...about }, locale),
      ]),
    )
    expect(Object.fromEntries(news)).toMatchSnapshot()
  })

  it('leaves a plan that became active to the receipt', () => {
    for (const planId of PlanId.options)
      expect(subscriptionNews({ organizationName: 'X', planId, status: 'active' }, 'en')).toBeNull()
  })
})

describe('localeOf', () => {
  it.each([
    ['de', 'de'],
    ['de-AT', 'de'],
    ['FR-ca', 'fr'],
    ['en-GB', 'en'],
    ['tlh', 'en'],
    ['', 'en'],
    ['deutsch', 'en'],
  ])('takes %j for %s', (tag, locale) => expect(localeOf(tag)).toBe(locale))
})

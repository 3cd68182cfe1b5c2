import { AlertAction } from '@lightpress/auth-contract'
import { PlanId, type SubscriptionStatus } from '@lightpress/billing-contract'
import { money } from '@lightpress/billing-contract/money'
import { describe, expect, it } from 'vitest'
import { alertNotice } from '../src/alerts/texts.ts'
import { paymentFailed, paymentReceived, subscriptionNews, trialEnding } from '../src/billing-texts.ts'
import { localeOf } from '../src/formats.ts'
import { membershipNews } from '../src/membership-texts.ts'
import { standingOf, type Standing } from '../src/standing.ts'
import { welcome } from '../src/texts.ts'

const locales = ['en', 'de', 'fr'] as const

const timeZone = 'Europe/Berlin'
const organizationName = 'Analytical Engines'
const standings: Standing[] = ['fine', 'trying', 'owing', 'paused', 'ended']

describe('what stands in the inbox', () => {
  it.each(locales)('reads in %s as it was approved', (locale) => {
    const total = money(123450, 'eur')
    const reader = { locale, timeZone }
    const failure = { number: 'LP-0042', planId: 'pro' as const, amountDue: total, organizationName }
    const graceEndsAt = '2026-11-27T23:30:00Z'
    const failed = (attempt: number, nextAttemptAt: string | null, planId: PlanId | null = 'pro') =>
      paymentFailed({ ...failure, planId, attempt, nextAttemptAt, graceEndsAt }, reader)
    const ending = (hasPaymentMethod: boolean) =>
      trialEnding({ planId: 'pro', trialEndsAt: graceEndsAt, hasPaymentMethod, organizationName }, reader)
    expect({
      welcome: welcome(locale),
      payment: paymentReceived({ number: 'LP-0042', planId: 'pro', total }, reader),
      bare: paymentReceived({ number: null, planId: null, total }, reader),
      ...Object.fromEntries(
        standings.map((standing) => [
          standing,
          subscriptionNews({ organizationName, planId: 'pro', standing }, reader),
        ]),
      ),
      failed: failed(1, '2026-11-23T23:30:00Z'),
      'failed again': failed(2, '2026-11-26T23:30:00Z'),
      'failed, and no attempt is left': failed(3, null),
      'failed, and the next attempt is too late': failed(3, '2026-11-28T00:00:00Z', null),
      'trial with a card': ending(true),
      'trial without a card': ending(false),
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

  it('leaves a plan that became active to the receipt, and one that is owed for to its invoice', () => {
    for (const planId of PlanId.options)
      for (const standing of ['fine', 'owing'] as const)
        expect(subscriptionNews({ organizationName, planId, standing }, { locale: 'en', timeZone })).toBeNull()
  })
})

describe('how an organisation stands', () => {
  it.each<[SubscriptionStatus, PlanId | null, Standing]>([
    ['active', 'pro', 'fine'],
    ['incomplete', 'free', 'fine'],
    ['trialing', 'pro', 'trying'],
    ['past_due', 'pro', 'owing'],
    ['past_due', null, 'owing'],
    ['past_due', 'free', 'paused'],
    ['unpaid', 'free', 'paused'],
    ['unpaid', null, 'paused'],
    ['canceled', 'free', 'ended'],
  ])('%s, entitled to %s: %s', (status, entitledPlanId, standing) => {
    expect(standingOf({ status, entitledPlanId })).toBe(standing)
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

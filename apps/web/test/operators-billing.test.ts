import { describe, expect, it } from 'vitest'
import { driftWords } from '../src/screens/operators-billing/drift-words.ts'
import { canReplay, delayWords } from '../src/screens/operators-billing/event-words.ts'
import { isGraceOver, planLine } from '../src/screens/operators-billing/account-words.ts'
import { parseAccountSearch, parseEventSearch } from '../src/screens/operators-billing/search.ts'
import { comparedWords, foundWords, runState } from '../src/screens/operators-billing-drift/runs.ts'

const id = '019aa1b2-0000-7000-8000-00000000000a'

describe('what an address asks for', () => {
  it('is taken as far as there is such a thing', () => {
    expect(parseAccountSearch({ organization: ` ${id.toUpperCase()} `, status: 'past_due', plan: 'pro' })).toEqual({
      organizationId: id,
      status: 'past_due',
      planId: 'pro',
    })
    expect(parseAccountSearch({ organization: ' ', status: 'constructor', plan: 'gold' })).toEqual({})
    expect(parseAccountSearch({ organization: [id, id], status: ['active'] })).toEqual({})
  })

  it('is nothing where an id is not whole', () => {
    expect(parseAccountSearch({ organization: id.slice(1) })).toBeNull()
    expect(parseEventSearch({ organization: 'Analytical Engines' })).toBeNull()
  })

  it('of webhooks is the beginning of a type, and no type has anything else in it', () => {
    expect(parseEventSearch({ type: ' Invoice. ', outcome: 'ignored' })).toEqual({
      type: 'invoice.',
      outcome: 'ignored',
    })
    expect(parseEventSearch({ type: '', outcome: 'lost' })).toEqual({})
    expect(parseEventSearch({ type: 'invoice%' })).toBeNull()
    expect(parseEventSearch({ type: 'a'.repeat(101) })).toBeNull()
  })
})

describe('a subscription', () => {
  it.each([
    [{ planId: 'free', interval: null, seats: 1 }, 'Free'],
    [{ planId: 'pro', interval: 'month', seats: 1 }, 'Pro, monthly · 1 seat'],
    [{ planId: 'business', interval: 'year', seats: 12 }, 'Business, yearly · 12 seats'],
    [{ planId: 'pro', interval: null, seats: 2 }, 'Pro · 2 seats'],
  ] as const)('%j is %s', (subscription, line) => expect(planLine(subscription)).toBe(line))

  it('is out of grace when it is past due and cannot be used', () => {
    const subscription = { status: 'past_due', planId: 'pro', entitledPlanId: 'free' } as Parameters<
      typeof isGraceOver
    >[0]
    expect(isGraceOver(subscription)).toBe(true)
    expect(isGraceOver({ ...subscription, entitledPlanId: 'pro' })).toBe(false)
    expect(isGraceOver({ ...subscription, status: 'unpaid' })).toBe(false)
  })
})

describe('a webhook', () => {
  const at = (seconds: number) => new Date(Date.UTC(2026, 10, 21) + seconds * 1000).toISOString()

  it.each([
    [-3, 'without delay'],
    [1.9, 'without delay'],
    [2, '2 s late'],
    [119, '119 s late'],
    [120, '2 min late'],
    [7199, '119 min late'],
    [7200, '2 h late'],
    [172_800, '2 days late'],
  ])('that took %d seconds came %s', (seconds, words) => {
    expect(delayWords({ createdAt: at(0), receivedAt: at(seconds) })).toBe(words)
  })

  it('can be replayed where reading could find something', () => {
    const event = { outcome: 'read', ignoredBecause: null } as Parameters<typeof canReplay>[0]
    expect(canReplay(event)).toBe(true)
    expect(canReplay({ ...event, outcome: 'ignored', ignoredBecause: 'unknown_customer' })).toBe(true)
    expect(canReplay({ ...event, outcome: 'ignored', ignoredBecause: 'other_mode' })).toBe(false)
  })
})

describe('a difference', () => {
  it.each([
    ['webhook.lost', 'A webhook that never came'],
    ['subscription.status', 'Subscription, status'],
    ['subscription.cancelAtPeriodEnd', 'Subscription, cancel at period end'],
    ['usage.tasks', 'Usage, tasks'],
    ['invoice.unknown', 'Invoice that was missing here'],
    ['subscription.gone', 'Subscription that the provider does not have'],
    ['invoice', 'Invoice'],
    ['constructor', 'Constructor'],
  ])('%s is said as %s', (what, words) => expect(driftWords(what)).toBe(words))
})

describe('a comparison', () => {
  const run = { state: 'finished' as 'running' | 'finished' | 'broken_off', compared: 3, lostWebhooks: 0 }

  it('says the worst that came of it', () => {
    const labelOf = (state: typeof run.state, driftCount: number, openCount: number) =>
      runState({ state, driftCount, openCount }).label
    expect(labelOf('running', 1, 1)).toBe('Comparing')
    expect(labelOf('broken_off', 0, 0)).toBe('Broken off')
    expect(labelOf('finished', 0, 0)).toBe('No drift')
    expect(labelOf('finished', 120, 0)).toBe('120 repaired')
    expect(labelOf('finished', 300, 1)).toBe('1 not repaired')
  })

  it('says how much was looked at, and what never came', () => {
    expect([1, 120].map((compared) => comparedWords({ ...run, compared }))).toEqual([
      '1 subscription compared',
      '120 subscriptions compared',
    ])
    expect(comparedWords({ ...run, state: 'running', compared: 0 })).toBe('Subscriptions compared')
    const found = (driftCount: number, lostWebhooks = 0) => foundWords({ ...run, driftCount, lostWebhooks })
    expect([found(0), found(1), found(1, 1), found(12, 2)]).toEqual([
      'Nothing differed',
      '1 difference',
      '1 difference, 1 webhook lost',
      '12 differences, 2 webhooks lost',
    ])
    expect(foundWords({ ...run, state: 'running', driftCount: 0 })).toBe('Nothing that differs so far')
  })
})

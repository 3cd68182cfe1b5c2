import { describe, expect, it } from 'vitest'
import { currentOf, isEnded, isSubscribed } from '../src/current-subscription.ts'

const at = (day: number) => new Date(Date.UTC(2026, 0, day))

describe('the subscription that counts', () => {
  it('is none of none', () => {
    expect(currentOf([])).toBeUndefined()
  })

  it('is the running one, however many ended after it began', () => {
    const running = { status: 'active', createdAt: at(1) } as const
    expect(currentOf([{ status: 'canceled', createdAt: at(9) }, running])).toBe(running)
    expect(currentOf([running, { status: 'incomplete', createdAt: at(9) }])).toBe(running)
  })

  it('is the one that pays before the one that owes', () => {
    const paying = { status: 'trialing', createdAt: at(1) } as const
    expect(currentOf([{ status: 'past_due', createdAt: at(9) }, paying])).toBe(paying)
  })

  it('is the newest of equals', () => {
    const newest = { status: 'canceled', createdAt: at(3) } as const
    expect(
      currentOf([{ status: 'canceled', createdAt: at(1) }, newest, { status: 'canceled', createdAt: at(2) }]),
    ).toBe(newest)
  })
})

it('a subscription that owes money is one, one that never began is not', () => {
  expect((['active', 'trialing', 'past_due', 'unpaid'] as const).every(isSubscribed)).toBe(true)
  expect((['incomplete', 'canceled'] as const).some(isSubscribed)).toBe(false)
  expect([isEnded('canceled'), isEnded('unpaid')]).toEqual([true, false])
})

import { describe, expect, it } from 'vitest'
import {
  channelsOf,
  choiceOf,
  choose,
  hasDigests,
  isOff,
  switchOff,
  switchOn,
  type Choices,
} from '../src/preference-rules.ts'

const chosen = (categories: Choices) => ({ ...choiceOf(), categories })
const emailOf = (categories: Choices) =>
  Object.fromEntries(
    (['account', 'billing', 'product'] as const).map((one) => [one, channelsOf(one, chosen(categories)).email]),
  )

describe('who chose nothing', () => {
  it('hears of security and money at once, of the account once a day, and of the product in the inbox', () => {
    const channels = (['security', 'account', 'billing', 'product'] as const).map((one) => channelsOf(one, choiceOf()))
    expect(channels).toEqual([
      { inbox: 'instant', email: 'instant' },
      { inbox: 'instant', email: 'digest' },
      { inbox: 'instant', email: 'instant' },
      { inbox: 'instant', email: 'off' },
    ])
    expect(choiceOf()).toMatchObject({ quietHours: null, digest: { frequency: 'daily', hour: 8 } })
  })

  it('hears of security, whatever a row may say', () => {
    const row = { security: { inbox: 'off', email: 'off' } } as Choices
    expect(channelsOf('security', chosen(row))).toEqual({ inbox: 'instant', email: 'instant' })
  })
})

describe('switching off by a link', () => {
  it('is about the e-mail of one category alone', () => {
    const off = switchOff('billing', chosen({}))
    expect(emailOf(off)).toEqual({ account: 'digest', billing: 'off', product: 'off' })
    expect(channelsOf('billing', chosen(off)).inbox).toBe('instant')
    expect(isOff('billing', chosen(off))).toBe(true)
    expect(isOff('digest', chosen(off))).toBe(false)
  })

  it('of digests is about all categories that have one, and about no other', () => {
    const before = { product: { inbox: 'off', email: 'digest' } } as const
    const off = switchOff('digest', chosen(before))
    expect(emailOf(off)).toEqual({ account: 'off', billing: 'instant', product: 'off' })
    expect(channelsOf('product', chosen(off)).inbox).toBe('off')
    expect(hasDigests(chosen(off))).toBe(false)
    expect(emailOf(switchOn('digest', chosen(off)))).toEqual({
      account: 'digest',
      billing: 'instant',
      product: 'digest',
    })
  })

  it.each(['instant', 'digest'] as const)('can be taken back, to %s as it was', (email) => {
    const off = switchOff('product', chosen({ product: { inbox: 'instant', email } }))
    const again = switchOff('product', chosen(off))
    expect(again).toEqual(off)
    expect(switchOn('product', chosen(again))).toEqual({ product: { inbox: 'instant', email } })
  })

  it('taken back where nobody knows how it was is as by default, or at once', () => {
    const off = { inbox: 'instant', email: 'off' } as const
    const on = switchOn('account', chosen({ account: off }))
    expect(on).toEqual({ account: { inbox: 'instant', email: 'digest' } })
    expect(emailOf(switchOn('product', chosen({ product: off }))).product).toBe('instant')
  })

  it('can be taken back after something else was chosen, but not after the e-mail was', () => {
    const off = switchOff('billing', chosen({ billing: { inbox: 'instant', email: 'digest' } }))
    const quieter = choose(chosen(off), { billing: { inbox: 'off' } })
    expect(switchOn('billing', chosen(quieter))).toEqual({ billing: { inbox: 'off', email: 'digest' } })
    const own = choose(chosen(off), { billing: { email: 'off' } })
    expect(switchOn('billing', chosen(own))).toEqual({ billing: { inbox: 'instant', email: 'instant' } })
  })

  it('taken back twice, or never done, changes nothing', () => {
    const own = { billing: { inbox: 'off', email: 'digest' } } as const
    expect(switchOn('billing', chosen(own))).toEqual(own)
    expect(switchOn('digest', chosen(own))).toEqual(own)
  })
})

import { describe, expect, it } from 'vitest'
import { wantedChange } from '../src/screens/billing/wanted-change.ts'

const pro = { planId: 'pro', interval: 'month' } as const
const business = { planId: 'business', interval: 'month' } as const

describe('a change of plan', () => {
  it('is none where everything is as it was, or is not said whole', () => {
    expect(wantedChange({ ...pro, minimumSeats: 1 }, { ...pro, seats: 6 }, 6)).toBeUndefined()
    expect(wantedChange({ ...pro, minimumSeats: 10 }, { ...pro, seats: 10 }, 6)).toBeUndefined()
    expect(wantedChange({ ...pro, minimumSeats: 1 }, { ...business, seats: undefined }, 6)).toBeUndefined()
  })

  it.each([
    ['more people than were agreed on', 5, 6],
    ['as many people as were agreed on', 6, 6],
    ['fewer people than were agreed on', 10, 10],
    ['nothing agreed on', 1, 6],
  ])('leaves the seats as they were agreed on while nobody asks for others: with %s', (_, minimumSeats, shown) => {
    expect(wantedChange({ ...pro, minimumSeats }, { ...business, seats: shown }, 6)).toEqual(business)
  })

  it('takes more than there are people for the fewest from now on', () => {
    expect(wantedChange({ ...pro, minimumSeats: 1 }, { ...pro, seats: 8 }, 6)).toEqual({ ...pro, seats: 8 })
    expect(wantedChange({ ...pro, minimumSeats: 10 }, { ...pro, seats: 8 }, 6)).toEqual({ ...pro, seats: 8 })
  })

  it('lets the seats follow the people again where no more are wanted than there are', () => {
    expect(wantedChange({ ...pro, minimumSeats: 10 }, { ...business, seats: 6 }, 6)).toEqual({ ...business, seats: 1 })
  })

  it('asks for another interval alone', () => {
    expect(wantedChange({ ...pro, minimumSeats: 5 }, { ...pro, interval: 'year', seats: 6 }, 6)).toEqual({
      planId: 'pro',
      interval: 'year',
    })
  })
})

import type { Rule } from '../../ui/form.tsx'

/** As in billing's contract. */
export const mostSeats = 10_000

export const seatsRule: Rule = (value) => {
  const seats = Number(value)
  if (Number.isInteger(seats) && seats >= 1 && seats <= mostSeats) return undefined
  return `A whole number from 1 to ${mostSeats.toLocaleString('en')}.`
}

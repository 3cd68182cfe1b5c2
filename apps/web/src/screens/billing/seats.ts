import type { Rule } from '../../ui/form.tsx'

/** As in billing's contract. */
export const mostSeats = 10_000

/** Everybody has a seat: fewer than there are people cannot be had. */
export function seatsRule(people: number): Rule {
  return (value) => {
    const seats = Number(value)
    if (!Number.isInteger(seats) || seats < 1 || seats > mostSeats)
      return `A whole number from 1 to ${mostSeats.toLocaleString('en')}.`
    if (seats < people) return `There are ${people.toLocaleString('en')} people, with a seat each.`
    return undefined
  }
}

/**
 * The fewest seats to ask for. Whoever wants no more than there are people wants no least number: their seats follow
 * the people, down as well as up.
 */
export function leastSeats(wanted: number, people: number): number {
  return wanted > people ? wanted : 1
}

/**
 * The fewest seats to ask for in place of those that were agreed on; undefined where that agreement stays. Whoever
 * leaves a number alone that everybody's seats add up to anyway does not give it up.
 */
export function otherLeastSeats(wanted: number, { people, agreed }: { people: number; agreed: number }) {
  const least = wanted >= agreed && wanted <= people ? agreed : leastSeats(wanted, people)
  return least === agreed ? undefined : least
}

export function seatsHelp(
  wanted: number,
  { name, memberCount: people }: { name: string; memberCount: number },
  agreed = 1,
): string {
  const alone = people === 1
  const whom = alone ? `You are alone in ${name}` : `${countOf(people, 'person')} are in ${name}`
  if (wanted > people) return `${whom}: ${countOf(wanted - people, 'seat')} more than that, paid for whoever joins.`
  const follow = `${whom}${alone ? '' : ', a seat each'}. The seats follow as people join and leave`
  return agreed > 1 && agreed <= wanted
    ? `${follow}, and are never fewer than ${agreed.toLocaleString('en')}.`
    : `${follow}.`
}

/** "3 people, 5 seats" */
export function seatsWords(people: number | undefined, seats: number): string {
  return people === undefined ? countOf(seats, 'seat') : `${countOf(people, 'person')}, ${countOf(seats, 'seat')}`
}

export function countOf(count: number, what: 'seat' | 'person' | 'day' | 'task'): string {
  const plural = what === 'person' ? 'people' : `${what}s`
  return `${count.toLocaleString('en')} ${count === 1 ? what : plural}`
}

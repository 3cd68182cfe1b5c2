import type { Interval, Money as Price } from '@lightpress/billing-contract'
import { Money } from '../ui/money.tsx'
import { times } from './prices.ts'

/** What is paid for a plan, in full: how much, how often, and what is not in it. */
export function Cost(props: { price: Price; seats: number; interval: Interval | null }) {
  return (
    <>
      <Money of={times(props.price, props.seats)} /> per {props.interval}, excluding taxes
    </>
  )
}

import type { Interval } from '@lightpress/billing-contract'
import { type Money as Price, times } from '@lightpress/billing-contract/money'
import { Money } from '../ui/money.tsx'

/** What is paid for a plan, in full: how much, how often, and what is not in it. */
export function Cost(props: { price: Price; seats: number; interval: Interval | null }) {
  return (
    <>
      <Money of={times(props.price, props.seats)} /> per {props.interval}, excluding taxes
    </>
  )
}

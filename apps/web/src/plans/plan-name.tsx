import type { PlanId } from '@lightpress/billing-contract'
import { createAsync } from '@solidjs/router'
import { getPlans } from '../screens/pricing/data.ts'

/** As the catalogue calls it; by its id where that cannot be had, since nothing breaks for want of a name. */
export function PlanName(props: { id: PlanId }) {
  const plans = createAsync(() => getPlans().catch(() => []), { initialValue: [] })
  return <>{plans().find(({ id }) => id === props.id)?.name ?? props.id}</>
}

import SearchX from 'lucide-solid/icons/search-x'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'

/** An address behind sign-in that leads nowhere; the frame around it stands. */
export function NoSuchPart() {
  return (
    <Card>
      <h1 class="unseen">Not found</h1>
      <EmptyState icon={SearchX} title="There is no such page">
        The address may have a typo, or what was here has been moved.
      </EmptyState>
    </Card>
  )
}

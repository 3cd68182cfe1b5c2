import { A, createAsync } from '@solidjs/router'
import { Card } from '../../ui/card.tsx'
import { getNotifications } from '../notifications/data.ts'
import { LatestList } from '../notifications/latest-list.tsx'

export function Latest() {
  const notifications = createAsync(() => getNotifications({}))
  const latest = () => notifications()?.items.slice(0, 3) ?? []
  return (
    <Card title="Latest" action={<A href="/notifications">All</A>}>
      <LatestList items={latest()} />
    </Card>
  )
}

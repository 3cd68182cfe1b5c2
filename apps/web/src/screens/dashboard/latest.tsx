import { A, createAsync } from '@solidjs/router'
import { Show } from 'solid-js'
import { Card } from '../../ui/card.tsx'
import { getNotifications } from '../notifications/data.ts'
import { LatestList } from '../notifications/latest-list.tsx'
import styles from './latest.module.css'

export function Latest() {
  const notifications = createAsync(() => getNotifications({}))
  const latest = () => notifications()?.items.slice(0, 3) ?? []
  return (
    <Card title="Latest" action={<A href="/notifications">All</A>}>
      <Show when={latest().length > 0} fallback={<p class={styles.empty}>What happens is told here, as it happens.</p>}>
        <LatestList items={latest()} />
      </Show>
    </Card>
  )
}

import { A, createAsync, useAction } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { Card } from '../../ui/card.tsx'
import { Time } from '../../ui/time.tsx'
import { toastFailure } from '../../ui/toast.ts'
import { getNotifications, markRead } from '../notifications/data.ts'
import styles from './latest.module.css'

export function Latest() {
  const notifications = createAsync(() => getNotifications(undefined))
  const mark = useAction(markRead)
  const latest = () => notifications()?.items.slice(0, 3) ?? []
  return (
    <Card title="Latest" action={<A href="/notifications">All</A>}>
      <Show when={latest().length > 0} fallback={<p class={styles.empty}>What happens is told here, as it happens.</p>}>
        <ul class={styles.list}>
          <For each={latest()}>
            {(notification) => (
              <li data-unread={notification.readAt === null || undefined}>
                <p class={styles.title}>
                  <Show when={notification.link} fallback={notification.title}>
                    {(link) => (
                      <A
                        href={link()}
                        onClick={() => {
                          if (notification.readAt === null) void mark(notification.id).catch(toastFailure)
                        }}
                      >
                        {notification.title}
                      </A>
                    )}
                  </Show>
                </p>
                <p class={styles.time}>
                  <Time at={notification.createdAt} />
                </p>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </Card>
  )
}

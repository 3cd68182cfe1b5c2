import type { Notification } from '@lightpress/notifications-contract'
import { A } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { createLookOnly } from '../../account/look-only.tsx'
import { Time } from '../../ui/time.tsx'
import { createChanges } from './changes.ts'
import styles from './latest-list.module.css'

/** The newest in short, where they are not all that there is to see. */
export function LatestList(props: { items: readonly Notification[]; onLeave?: () => void }) {
  const { markRead } = createChanges()
  const lookOnly = createLookOnly()
  const open = (item: Notification) => {
    if (item.readAt === null && !lookOnly()) markRead(item)
    props.onLeave?.()
  }
  return (
    <ul class={styles.list}>
      <For each={props.items}>
        {(item) => (
          <li data-unread={item.readAt === null || undefined}>
            <p class={styles.title}>
              <Show when={item.readAt === null}>
                <span class="unseen">Unread: </span>
              </Show>
              <Show when={item.link} fallback={item.title}>
                {(link) => (
                  <A href={link()} onClick={() => open(item)}>
                    {item.title}
                  </A>
                )}
              </Show>
            </p>
            <p class={styles.time}>
              <Time at={item.createdAt} />
            </p>
          </li>
        )}
      </For>
    </ul>
  )
}

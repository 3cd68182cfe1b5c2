import type { Notification } from '@lightpress/notifications-contract'
import { A } from '@solidjs/router'
import Check from 'lucide-solid/icons/check'
import { For, Show } from 'solid-js'
import { createLookOnly } from '../../account/look-only.tsx'
import { classOf } from '../../ui/button.tsx'
import { keepFocus } from '../../ui/keep-focus.ts'
import { createLasting } from '../../ui/lasting.ts'
import { Time } from '../../ui/time.tsx'
import { createChanges } from './changes.ts'
import styles from './latest-list.module.css'

/** The newest in short, where they are not all that there is to see. */
export function LatestList(props: { items: readonly Notification[]; onLeave?: () => void }) {
  const changes = createChanges()
  const lookOnly = createLookOnly()
  const rows = createLasting(
    () => props.items,
    ({ id }) => id,
  )
  const mayRead = (item: Notification) => item.readAt === null && !lookOnly()
  const markRead = (item: Notification) => changes.markRead({ ...item })
  const open = (item: Notification) => {
    if (mayRead(item)) markRead(item)
    props.onLeave?.()
  }
  return (
    <Show
      when={props.items.length > 0}
      fallback={<p class={styles.empty}>What happens is told here, as it happens.</p>}
    >
      <ul ref={keepFocus} tabIndex={-1} class={styles.list}>
        <For each={rows()}>
          {(item) => (
            <li data-unread={item.readAt === null || undefined}>
              <div>
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
              </div>
              <Show when={mayRead(item)}>
                <button
                  type="button"
                  class={classOf({ variant: 'quiet', size: 'small', square: true, class: styles.read })}
                  aria-label={`Mark “${item.title}” as read`}
                  title="Mark as read"
                  onClick={() => markRead(item)}
                >
                  <Check size={16} />
                </button>
              </Show>
            </li>
          )}
        </For>
      </ul>
    </Show>
  )
}

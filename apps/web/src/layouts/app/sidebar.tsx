import { A } from '@solidjs/router'
import Search from 'lucide-solid/icons/search'
import { For, Show, Suspense } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { unread } from '../../account/unread.ts'
import { Badge } from '../../ui/badge.tsx'
import { OrganizationSwitcher } from './organization-switcher.tsx'
import { paletteKeyName } from './palette-key.ts'
import { PersonMenu } from './person-menu.tsx'
import { sections } from './sections.ts'
import styles from './sidebar.module.css'

export function Sidebar(props: { openPalette: () => void; onLeave?: () => void }) {
  return (
    <div class={styles.sidebar}>
      <Suspense fallback={<div class={styles.placeholder} />}>
        <OrganizationSwitcher />
      </Suspense>
      <button
        type="button"
        class={styles.find}
        onClick={() => {
          props.onLeave?.()
          props.openPalette()
        }}
      >
        <Search size={16} />
        <span>Go to…</span>
        <kbd>{paletteKeyName}</kbd>
      </button>
      <nav aria-label="Sections" class={styles.sections}>
        <For each={sections}>
          {(section) => (
            <A href={section.href} class={styles.section} onClick={() => props.onLeave?.()}>
              <Dynamic component={section.icon} size={16} />
              {section.label}
              <Show when={section.href === '/notifications' && unread() > 0}>
                <Badge tone="accent">
                  {unread()}
                  <span class="unseen"> unread</span>
                </Badge>
              </Show>
            </A>
          )}
        </For>
      </nav>
      <Suspense fallback={<div class={styles.placeholder} />}>
        <PersonMenu />
      </Suspense>
    </div>
  )
}

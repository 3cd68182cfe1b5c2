import { A, useLocation } from '@solidjs/router'
import Search from 'lucide-solid/icons/search'
import { createEffect, createMemo, For, Show, Suspense } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { createKnownSession } from '../../account/known-session.ts'
import { unread } from '../../account/unread.ts'
import { beside } from '../../screen.ts'
import { Badge } from '../../ui/badge.tsx'
import { paletteKeyName } from './palette-key.ts'
import { isWithin, type Section, sectionsFor } from './sections.ts'
import styles from './sidebar.module.css'

// With what floats, which is heavy: they come beside the screen, and wait for who it is in any case.
const OrganizationSwitcher = beside(() => import('./organization-switcher.tsx'), 'OrganizationSwitcher')
const BellPopover = beside(() => import('./bell-popover.tsx'), 'BellPopover')
const PersonMenu = beside(() => import('./person-menu.tsx'), 'PersonMenu')

export interface SidebarProps {
  openPalette: () => void
  createOrganization: () => void
  /** In the sheet of a phone, which goes with it; the bell is above the page there. */
  onLeave?: () => void
}

export function Sidebar(props: SidebarProps) {
  // What is for some only comes in when it is known that it is for this one.
  const session = createKnownSession()
  const groups = createMemo(() => sectionsFor(session()))

  return (
    <div class={styles.sidebar}>
      <div class={styles.top} data-alone={props.onLeave ? '' : undefined}>
        <Suspense fallback={<div class={styles.placeholder} />}>
          <OrganizationSwitcher
            onCreate={() => {
              props.onLeave?.()
              props.createOrganization()
            }}
          />
        </Suspense>
        <Show when={!props.onLeave}>
          <Suspense>
            <BellPopover />
          </Suspense>
        </Show>
      </div>
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
      <div class={styles.navigation}>
        <For each={groups()}>
          {(group, index) => (
            <nav aria-label={group.label} class={styles.sections}>
              <Show when={index() > 0}>
                <p class={styles.group} aria-hidden="true">
                  {group.label}
                </p>
              </Show>
              <For each={group.sections.filter(({ foldedInto }) => foldedInto === undefined)}>
                {(section) => <SectionLink section={section} onClick={() => props.onLeave?.()} />}
              </For>
            </nav>
          )}
        </For>
      </div>
      <Suspense fallback={<div class={styles.placeholder} />}>
        <PersonMenu />
      </Suspense>
    </div>
  )
}

function SectionLink(props: { section: Section; onClick: () => void }) {
  const location = useLocation()
  let link!: HTMLAnchorElement
  // On a low screen the list scrolls, and where one is must be seen.
  createEffect(() => {
    if (location.pathname.startsWith(props.section.href)) link.scrollIntoView({ block: 'nearest' })
  })
  return (
    <A
      ref={link}
      href={props.section.href}
      class={styles.section}
      data-within={isWithin(props.section, location.pathname) || undefined}
      onClick={() => props.onClick()}
    >
      <Dynamic component={props.section.icon} size={16} />
      {props.section.label}
      <Show when={props.section.href === '/notifications' && unread() > 0}>
        <Badge tone="accent">
          {unread()}
          <span class="unseen"> unread</span>
        </Badge>
      </Show>
    </A>
  )
}

import { useParams, useSearchParams } from '@solidjs/router'
import CheckCheck from 'lucide-solid/icons/check-check'
import SlidersHorizontal from 'lucide-solid/icons/sliders-horizontal'
import { Show } from 'solid-js'
import { categories, categoryWords } from '../../account/categories.ts'
import { createLookOnly, LookOnlyNote } from '../../account/look-only.tsx'
import { unread } from '../../account/unread.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { FilterSelect } from '../../ui/filter-select.tsx'
import { Heading } from '../../ui/heading.tsx'
import { ListTools } from '../../ui/list-tools.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { Stack } from '../../ui/stack.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { createMarkAll } from './changes.ts'
import { getNotifications } from './data.ts'
import { parseFilter, pathOf } from './filter.ts'
import { NotificationList } from './list.tsx'
import styles from './page.module.css'

export function Notifications() {
  useTitle('Notifications')
  const params = useParams<{ part: string }>()
  const [search] = useSearchParams<{ category: string; cursor: string }>()
  const filter = () => parseFilter({ params, query: search })
  const lookOnly = createLookOnly()
  const markAll = createMarkAll(filter)
  // Of other pages or categories more would be marked than is seen.
  const seesNewest = () => filter().cursor === undefined && filter().category === undefined && !lookOnly()

  return (
    <Stack>
      <Heading
        title="Notifications"
        action={
          <div class={styles.actions}>
            <ButtonLink href="/notifications/preferences">
              <SlidersHorizontal size={16} />
              Preferences
            </ButtonLink>
            <Show when={seesNewest() && filter().show !== 'archive'}>
              <Button waiting={unread() === 0} action={markAll}>
                <CheckCheck size={16} />
                Mark all as read
              </Button>
            </Show>
          </div>
        }
      >
        <span aria-live="polite">{unread() === 0 ? 'You have read everything.' : `${unread()} unread`}</span>
      </Heading>
      <LookOnlyNote when={lookOnly()} />
      <div class={styles.narrow}>
        <Tabs
          label="Parts of the inbox"
          tabs={[
            { href: pathOf('inbox', filter().category), label: 'Inbox' },
            { href: pathOf('unread', filter().category), label: 'Unread' },
            { href: pathOf('archive', filter().category), label: 'Archive' },
          ]}
        />
        <ListTools label="Find notifications">
          <FilterSelect
            label="What it is about"
            param="category"
            any="About anything"
            options={categories.map((value) => ({ value, label: categoryWords[value].label }))}
          />
        </ListTools>
      </div>
      <Region reads={[getNotifications.key]} heights={[5.25, 5.25, 5.25]}>
        <NotificationList filter={filter()} />
      </Region>
    </Stack>
  )
}

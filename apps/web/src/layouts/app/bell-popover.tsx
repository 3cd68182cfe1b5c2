import { createAsync } from '@solidjs/router'
import Icon from 'lucide-solid/icons/bell'
import { createSignal, Show } from 'solid-js'
import { createLookOnly } from '../../account/look-only.tsx'
import { unread } from '../../account/unread.ts'
import { createMarkAll } from '../../screens/notifications/changes.ts'
import { getNotifications } from '../../screens/notifications/data.ts'
import { LatestList } from '../../screens/notifications/latest-list.tsx'
import { Button, ButtonLink, classOf } from '../../ui/button.tsx'
import { Popover } from '../../ui/popover.tsx'
import { Region } from '../../ui/region.tsx'
import styles from './bell.module.css'
import { BellCount } from './bell-count.tsx'
import { bellName } from './bell-name.ts'

const shown = 5

/** The newest, from wherever one is. */
export function BellPopover() {
  const [open, setOpen] = createSignal(false)
  const close = () => setOpen(false)
  return (
    <Popover
      open={open()}
      onOpenChange={setOpen}
      label={bellName(unread())}
      class={classOf({ variant: 'quiet', square: true, class: styles.bell })}
      trigger={
        <>
          <Icon size={16} />
          <BellCount />
        </>
      }
      title="Notifications"
      action={<MarkAll />}
    >
      <Region reads={[getNotifications.key]} heights={[2.75, 2.75, 2.75]}>
        <Newest onLeave={close} />
      </Region>
      <ButtonLink href="/notifications" wide onClick={close}>
        See all
      </ButtonLink>
    </Popover>
  )
}

function Newest(props: { onLeave: () => void }) {
  const page = createAsync(() => getNotifications({}))
  const newest = () => page()?.items.slice(0, shown) ?? []
  return <LatestList items={newest()} onLeave={props.onLeave} />
}

function MarkAll() {
  const lookOnly = createLookOnly()
  const markAll = createMarkAll(() => ({}))
  return (
    <Show when={!lookOnly()}>
      <Button variant="quiet" size="small" waiting={unread() === 0} action={markAll}>
        Mark all as read
      </Button>
    </Show>
  )
}

import type { SecurityActivity } from '@lightpress/auth-contract'
import { createAsync, useSearchParams } from '@solidjs/router'
import ShieldAlert from 'lucide-solid/icons/shield-alert'
import ShieldCheck from 'lucide-solid/icons/shield-check'
import { For, Show } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { Pager } from '../../ui/pager.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { activityWords } from './activity-words.ts'
import { getActivity } from './data.ts'
import { deviceName } from './device-name.ts'
import { Row, Rows } from './rows.tsx'

export function Activity() {
  const [search] = useSearchParams<{ activity: string }>()
  const page = createAsync(() => getActivity(search.activity))
  return (
    <Show when={page()}>
      {(known) => (
        <>
          <Show
            when={known().items.length > 0}
            fallback={
              <Card>
                <EmptyState icon={ShieldCheck} title="Nothing has happened yet">
                  Sign-ins, changes of your password and the like are told here, with device and address.
                </EmptyState>
              </Card>
            }
          >
            <Rows label="Recent activity">
              <For each={known().items}>{(entry) => <ActivityRow entry={entry} />}</For>
            </Rows>
          </Show>
          <Pager label="Pages of activity" param="activity" next={known().nextCursor} stay />
        </>
      )}
    </Show>
  )
}

function ActivityRow(props: { entry: SecurityActivity }) {
  const words = () => activityWords(props.entry.action)
  const whence = () => [props.entry.device && deviceName(props.entry.device), props.entry.ip].filter(Boolean)
  return (
    <Row
      icon={words().alarming ? ShieldAlert : ShieldCheck}
      tone={words().alarming && 'warning'}
      title={words().title}
      badge={props.entry.current && <Badge>This session</Badge>}
    >
      <For each={whence()}>{(part) => <>{part} · </>}</For>
      <Time at={props.entry.at} />
    </Row>
  )
}

import type { Session } from '@lightpress/auth-contract'
import { createAsync, useSearchParams } from '@solidjs/router'
import Monitor from 'lucide-solid/icons/monitor'
import { createSignal, createUniqueId, For, lazy, Show, Suspense } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Pager } from '../../ui/pager.tsx'
import { Actions } from '../../ui/settings.tsx'
import { CalendarDate, Time } from '../../ui/time.tsx'
import { EmptyPage } from '../../ui/empty-state.tsx'
import { getSessions } from './data.ts'
import { deviceIcons } from './device-icons.ts'
import { addressOf, deviceName } from './device-name.ts'
import { useReadOnly } from './read-only.ts'
import { Row, Rows } from './rows.tsx'
import type { Asked } from './sign-out-question.tsx'

const SignOutQuestion = lazy(async () => ({ default: (await import('./sign-out-question.tsx')).SignOutQuestion }))

export function Sessions() {
  const [search] = useSearchParams<{ sessions: string }>()
  const page = createAsync(() => getSessions(search.sessions))
  const [asked, setAsked] = createSignal<Asked>()
  const readOnly = useReadOnly()
  // This one first: it is the one that the others are compared with.
  const sessions = () => (page()?.items ?? []).toSorted((a, b) => Number(b.current) - Number(a.current))
  const alone = () => search.sessions === undefined && page()?.nextCursor === null && sessions().length < 2

  return (
    <>
      <Show
        when={sessions().length > 0}
        fallback={
          <Card>
            <EmptyPage icon={Monitor} />
          </Card>
        }
      >
        <Rows label="Sessions">
          <For each={sessions()}>{(session) => <SessionRow session={session} onEnd={() => setAsked(session)} />}</For>
        </Rows>
      </Show>
      <Pager label="Pages of sessions" param="sessions" next={page()?.nextCursor ?? null} stay />
      <Show when={!readOnly()}>
        <Actions>
          <Show when={!alone()} fallback={<p>You are signed in nowhere else.</p>}>
            <Button onClick={() => setAsked('others')}>Sign out all others</Button>
            <Button onClick={() => setAsked('everywhere')}>Sign out everywhere</Button>
          </Show>
        </Actions>
      </Show>
      <Suspense>
        <Show when={asked()} keyed>
          {(what) => <SignOutQuestion what={what} onClose={() => setAsked(undefined)} />}
        </Show>
      </Suspense>
    </>
  )
}

function SessionRow(props: { session: Session; onEnd: () => void }) {
  const name = () => deviceName(props.session.device)
  const detailId = createUniqueId()
  const readOnly = useReadOnly()
  return (
    <Row
      detailId={detailId}
      icon={deviceIcons[props.session.device.kind]}
      title={name()}
      badge={props.session.current && <Badge tone="success">This device</Badge>}
      action={
        <Show when={!props.session.current && !readOnly()}>
          <Button
            size="small"
            aria-label={`Sign out ${name()}`}
            // Two of the same name are told apart by where and when.
            aria-describedby={detailId}
            onClick={() => props.onEnd()}
          >
            Sign out
          </Button>
        </Show>
      }
    >
      {addressOf(props.session)} · since <CalendarDate at={props.session.createdAt} short />
      <Show when={!props.session.current}>
        {' '}
        · used <Time at={props.session.lastUsedAt} />
      </Show>
    </Row>
  )
}

import type { Session } from '@lightpress/auth-contract'
import { createAsync, useAction, useSearchParams } from '@solidjs/router'
import Monitor from 'lucide-solid/icons/monitor'
import { createSignal, createUniqueId, For, type JSX, Show, untrack } from 'solid-js'
import { signOutEverywhere } from '../../account/data.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Card } from '../../ui/card.tsx'
import { Pager } from '../../ui/pager.tsx'
import { Actions } from '../../ui/settings.tsx'
import { CalendarDate, Time } from '../../ui/time.tsx'
import { EmptyPage } from '../../ui/empty-state.tsx'
import { toast } from '../../ui/toast.ts'
import { endOtherSessions, endSession, getSessions } from './data.ts'
import { deviceIcons } from './device-icons.ts'
import { deviceName } from './device-name.ts'
import { Row, Rows } from './rows.tsx'

/** What is about to be signed out, and waits for a yes. */
type Asked = Session | 'others' | 'everywhere'

export function Sessions() {
  const [search] = useSearchParams<{ sessions: string }>()
  const page = createAsync(() => getSessions(search.sessions))
  const [asked, setAsked] = createSignal<Asked>()
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
      <Actions>
        <Show when={!alone()} fallback={<p>You are signed in nowhere else.</p>}>
          <Button onClick={() => setAsked('others')}>Sign out all others</Button>
          <Button onClick={() => setAsked('everywhere')}>Sign out everywhere</Button>
        </Show>
      </Actions>
      <Show when={asked()} keyed>
        {(what) => <Question what={what} onClose={() => setAsked(undefined)} />}
      </Show>
    </>
  )
}

function SessionRow(props: { session: Session; onEnd: () => void }) {
  const name = () => deviceName(props.session.device)
  const detailId = createUniqueId()
  return (
    <Row
      detailId={detailId}
      icon={deviceIcons[props.session.device.kind]}
      title={name()}
      badge={props.session.current && <Badge tone="success">This device</Badge>}
      action={
        <Show when={!props.session.current}>
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
      {whence(props.session)} · since <CalendarDate at={props.session.createdAt} short />
      <Show when={!props.session.current}>
        {' '}
        · used <Time at={props.session.lastUsedAt} />
      </Show>
    </Row>
  )
}

function whence({ ip }: Session): string {
  return ip ?? 'Unknown address'
}

interface Asking {
  title: string
  words: JSX.Element
  action: string
  run: () => Promise<unknown>
}

/** What is asked, and what a yes does. */
function createQuestion(what: Asked): Asking {
  const end = useAction(endSession)
  const endOthers = useAction(endOtherSessions)
  const endAll = useAction(signOutEverywhere)
  const [, setSearch] = useSearchParams<{ sessions: string }>()
  if (what === 'everywhere') {
    return {
      title: 'Sign out everywhere?',
      words: 'Here as well: every browser and program that is signed in as you has to sign in again.',
      action: 'Sign out everywhere',
      run: endAll,
    }
  }
  if (what === 'others') {
    return {
      title: 'Sign out all others?',
      words: 'Every other browser and program has to sign in again. You stay signed in here.',
      action: 'Sign out others',
      run: async () => {
        const ended = await endOthers()
        // The only one that is left is on the first page.
        setSearch({ sessions: undefined }, { replace: true, scroll: false })
        toast({ title: ended === 1 ? 'One session signed out' : `${ended} sessions signed out` })
      },
    }
  }
  const name = deviceName(what.device)
  return {
    title: `Sign out ${name}?`,
    words: (
      <>
        {whence(what)}, used <Time at={what.lastUsedAt} />. It ends within seconds, and whoever uses it has to sign in
        again. You do not know it? Then change your password, too.
      </>
    ),
    action: 'Sign out',
    run: async () => {
      await end(what.id)
      toast({ title: `${name} signed out` })
    },
  }
}

function Question(props: { what: Asked; onClose: () => void }) {
  const question = untrack(() => createQuestion(props.what))
  return (
    <ConfirmDialog {...question} onClose={() => props.onClose()}>
      {question.words}
    </ConfirmDialog>
  )
}

import { createResource, Match, Show, Suspense, Switch } from 'solid-js'
import { useLinkToken } from '../../api/link-token.ts'
import { unsubscribing } from '../../api/unsubscribing.ts'
import { screen } from '../../screen.ts'
import { FailedState } from '../../ui/failed-state.tsx'
import { useTitle } from '../../ui/page.tsx'
import { isNoLink } from './data.ts'
import styles from './page.module.css'

// What there is to choose comes while the link is read.
const Choice = screen(() => import('./choice.tsx'), 'Choice')
const NoLink = screen(() => import('./no-link.tsx'), 'NoLink')

/** Where the foot of a mail leads. It takes a press: whatever reads mail for viruses opens links, too. */
export function Unsubscribe() {
  useTitle('Stop e-mails')
  const token = useLinkToken()
  void Choice.preload().catch(() => undefined)
  return (
    <Suspense fallback={<Opening />}>
      <Show when={token()} keyed fallback={<NoLink />}>
        {(known) => <Opened token={known} />}
      </Show>
    </Suspense>
  )
}

function Opened(props: { token: string }) {
  const [found, { refetch }] = createResource(() => unsubscribing.readUnsubscribe({ token: props.token }))
  return (
    <Switch fallback={<Opening />}>
      <Match when={isNoLink(found.error)}>
        <NoLink />
      </Match>
      <Match when={found.error as unknown}>
        {(error) => (
          <>
            <div class={styles.words}>
              <h1>Stop e-mails</h1>
              <p>The link could not be read yet; it stays good.</p>
            </div>
            <FailedState error={error()} retry={async () => refetch()} />
          </>
        )}
      </Match>
      <Match when={found.state === 'ready' && found()}>
        {(known) => <Choice token={props.token} about={known()} off={known().off} />}
      </Match>
    </Switch>
  )
}

function Opening() {
  return (
    <div class={styles.words} role="status">
      <h1>Stop e-mails</h1>
      <p>A moment: the link is being read.</p>
    </div>
  )
}

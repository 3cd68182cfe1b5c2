import CircleAlert from 'lucide-solid/icons/circle-alert'
import CircleCheck from 'lucide-solid/icons/circle-check'
import CircleDashed from 'lucide-solid/icons/circle-dashed'
import { A } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { Button } from '../../ui/button.tsx'
import { explain } from '../../ui/failure.ts'
import { Note } from '../../ui/note.tsx'
import { Actions } from '../../ui/settings.tsx'
import { Truncate } from '../../ui/truncate.tsx'
import styles from './invite-results.module.css'
import { hasReason, type Result } from './send-all.ts'

const icons = {
  waiting: CircleDashed,
  sending: CircleDashed,
  sent: CircleCheck,
  refused: CircleAlert,
  skipped: CircleAlert,
} satisfies Record<Result['state'], unknown>

export interface InviteResultsProps {
  results: Result[]
  busy: boolean
  onAgain: () => void
  onClose: () => void
}

/** What became of each address. */
export function InviteResults(props: InviteResultsProps) {
  const count = (...states: Result['state'][]) => props.results.filter(({ state }) => states.includes(state)).length
  return (
    <>
      <p role="status">
        {props.busy
          ? `Sending ${count('sent', 'refused', 'sending')} of ${props.results.length}…`
          : `${count('sent')} of ${props.results.length} sent.`}
      </p>
      <Show when={props.results.some(hasReason('users.seat_limit'))}>
        <Note tone="warning" title="All seats of your plan are taken">
          <p>
            Members count, and so do invitations that wait. <A href="/billing">Choose a larger plan</A>, or make room
            first.
          </p>
        </Note>
      </Show>
      <ul class={styles.results} aria-label="Invitations">
        <For each={props.results}>
          {(result) => (
            <li class={styles.result} data-state={result.state}>
              <Dynamic component={icons[result.state]} size={16} />
              <div class={styles.words}>
                <Truncate text={result.email} />
                <p class={styles.detail}>{words(result)}</p>
              </div>
            </li>
          )}
        </For>
      </ul>
      <Show when={!props.busy}>
        <Actions>
          <Button onClick={() => props.onAgain()}>Change and send again</Button>
          <Button variant="primary" autofocus onClick={() => props.onClose()}>
            Done
          </Button>
        </Actions>
      </Show>
    </>
  )
}

function words(result: Result): string {
  switch (result.state) {
    case 'waiting':
      return 'Waiting'
    case 'sending':
      return 'Sending…'
    case 'sent':
      return 'Sent'
    case 'skipped':
      return 'Not sent: it would have been refused as well.'
    case 'refused':
      // It is said in full above.
      return hasReason('users.seat_limit')(result) ? 'There was no seat left.' : explain(result.error).advice
  }
}

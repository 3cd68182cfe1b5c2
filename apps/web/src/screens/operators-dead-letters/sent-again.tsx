import { A } from '@solidjs/router'
import RotateCcw from 'lucide-solid/icons/rotate-ccw'
import { For, Show } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { Heading } from '../../ui/heading.tsx'
import { Note } from '../../ui/note.tsx'
import { OldNote } from '../../ui/old-note.tsx'
import { Part, Row, Rows } from '../../ui/rows.tsx'
import { Stack } from '../../ui/stack.tsx'
import { timelinePath } from '../operators-timeline/subject.ts'
import { trailStates, typeWords } from '../operators-timeline/words.ts'
import type { followLetters } from './follow-letters.ts'
import type { LetterState } from './words.ts'

/** What becomes of letters that were sent again. */
export function SentAgain(props: { followed: ReturnType<typeof followLetters> }) {
  return (
    <Stack>
      <Heading level={2} title="Sent again">
        What becomes of them, as it happens.
      </Heading>
      <OldNote of={props.followed.old()} />
      <Show when={props.followed.givenUp()}>
        <Note tone="info">
          <p>
            Not all have arrived within ten minutes, and they are not followed any more. What they wait for is to be
            seen in <A href="/operators/queues">the queues</A>.
          </p>
        </Note>
      </Show>
      <div aria-live="polite">
        <Rows label="Sent again">
          <For each={props.followed.sent()}>
            {(letter) => (
              <Row
                icon={RotateCcw}
                title={typeWords(letter)}
                badge={<StateBadge state={props.followed.stateOf(letter)} />}
              >
                for {letter.listener}
                <Part>
                  <A href={timelinePath({ requestId: letter.requestId })}>its request</A>
                </Part>
              </Row>
            )}
          </For>
        </Rows>
      </div>
    </Stack>
  )
}

function StateBadge(props: { state: LetterState | undefined }) {
  const told = () => (props.state === undefined ? { label: 'On its way', tone: 'info' as const } : badgeOf(props.state))
  return <Badge tone={told().tone}>{told().label}</Badge>
}

/** Here it is what was wanted. */
function badgeOf(state: LetterState) {
  return state === 'done' ? { label: trailStates.done.label, tone: 'success' as const } : trailStates[state]
}

import type { TrailItem } from '@lightpress/protocol'
import { A, createAsync, revalidate } from '@solidjs/router'
import RotateCcw from 'lucide-solid/icons/rotate-ccw'
import { createEffect, createSignal, For, onCleanup, Suspense } from 'solid-js'
import { whileVisible } from '../../live/while-visible.ts'
import { Badge } from '../../ui/badge.tsx'
import { Heading } from '../../ui/heading.tsx'
import { Part, Row, Rows } from '../../ui/rows.tsx'
import { Stack } from '../../ui/stack.tsx'
import { getTimeline } from '../operators-timeline/data.ts'
import { timelinePath } from '../operators-timeline/subject.ts'
import { trailStates, typeWords } from '../operators-timeline/words.ts'
import { aboutLetters, type Letter } from './data.ts'
import { isSettled, letterKey, stateIn } from './words.ts'

const everyThreeSeconds = 3_000

/** What becomes of letters that were sent again, as the timelines of their requests tell it. */
export function SentAgain(props: { module: string; letters: readonly Letter[] }) {
  const [settled, setSettled] = createSignal<ReadonlySet<string>>(new Set())
  const settle = (letter: Letter, state: TrailItem['state'] | undefined) =>
    setSettled((before) => {
      const after = new Set(before)
      if (isSettled(state)) after.add(letterKey(letter))
      else after.delete(letterKey(letter))
      return after
    })
  createEffect(() => {
    if (props.letters.every((letter) => settled().has(letterKey(letter)))) return
    onCleanup(whileVisible(everyThreeSeconds, () => void revalidate(aboutLetters)))
  })
  return (
    <Stack>
      <Heading level={2} title="Sent again">
        What becomes of them, as it happens.
      </Heading>
      <div aria-live="polite">
        <Rows label="Sent again">
          <For each={props.letters}>
            {(letter) => (
              <Row
                icon={RotateCcw}
                title={typeWords(letter)}
                badge={
                  <Suspense fallback={<StateBadge state={undefined} />}>
                    <Followed letter={letter} onState={(state) => settle(letter, state)} />
                  </Suspense>
                }
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

function Followed(props: { letter: Letter; onState: (state: TrailItem['state'] | undefined) => void }) {
  const timeline = createAsync(() =>
    getTimeline({ requestId: props.letter.requestId }, undefined).catch(() => undefined),
  )
  const state = () => stateIn(timeline()?.items ?? [], props.letter)
  createEffect(() => props.onState(state()))
  return <StateBadge state={state()} />
}

function StateBadge(props: { state: TrailItem['state'] | undefined }) {
  const told = () => (props.state === undefined ? { label: 'On its way', tone: 'info' as const } : badgeOf(props.state))
  return <Badge tone={told().tone}>{told().label}</Badge>
}

/** Here it is what was wanted. */
function badgeOf(state: TrailItem['state']) {
  return state === 'done' ? { label: trailStates.done.label, tone: 'success' as const } : trailStates[state]
}

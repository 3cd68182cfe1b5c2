import { createAsync } from '@solidjs/router'
import { Show } from 'solid-js'
import { readAgain } from '../../api/read-again.ts'
import { getSession } from '../../account/data.ts'
import { OperatorsOnly } from '../../account/operators-only.tsx'
import { lookAgain } from '../../live/look-again.ts'
import { Card } from '../../ui/card.tsx'
import { Heading } from '../../ui/heading.tsx'
import { createLasting } from '../../ui/lasting.ts'
import { OldNote } from '../../ui/old-note.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { Stack } from '../../ui/stack.tsx'
import { MissingNote } from '../operators-timeline/missing-note.tsx'
import { getQueues } from './data.ts'
import { QueueTable } from './queue-table.tsx'
import { queueKey } from './words.ts'

const everyFiveSeconds = 5_000

export function Queues() {
  useTitle('Queues')
  return (
    <Stack>
      <Region reads={[getSession.key]} heights={[3.5, 30]}>
        <OperatorsOnly title="Queues">
          <Heading title="Queues">
            What each module has promised and is not done yet. It is counted anew every few seconds.
          </Heading>
          <Region reads={[getQueues.key]} heights={[30]}>
            <Table />
          </Region>
        </OperatorsOnly>
      </Region>
    </Stack>
  )
}

function Table() {
  const known = createAsync(() => getQueues())
  const queues = createLasting(() => known()?.items ?? [], queueKey)
  const old = lookAgain(everyFiveSeconds, () => readAgain(getQueues))
  return (
    <Show when={known()}>
      {(answer) => (
        <>
          <OldNote of={old()} />
          <MissingNote modules={answer().missing} />
          <Card>
            <QueueTable queues={queues()} />
          </Card>
        </>
      )}
    </Show>
  )
}

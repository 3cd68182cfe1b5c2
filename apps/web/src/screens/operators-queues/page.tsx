import { createAsync, revalidate } from '@solidjs/router'
import { onCleanup, Show } from 'solid-js'
import { getSession } from '../../account/data.ts'
import { OperatorsOnly } from '../../account/operators-only.tsx'
import { whileVisible } from '../../live/while-visible.ts'
import { Card } from '../../ui/card.tsx'
import { online } from '../../ui/connection.ts'
import { Heading } from '../../ui/heading.tsx'
import { createLasting } from '../../ui/lasting.ts'
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
  onCleanup(whileVisible(everyFiveSeconds, () => online() && void revalidate(getQueues.key)))
  return (
    <Show when={known()}>
      {(answer) => (
        <>
          <MissingNote modules={answer().missing} />
          <Card>
            <QueueTable queues={queues()} />
          </Card>
        </>
      )}
    </Show>
  )
}

import { createAsync } from '@solidjs/router'
import MailCheck from 'lucide-solid/icons/mail-check'
import MailX from 'lucide-solid/icons/mail-x'
import { For, Show } from 'solid-js'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { capitalized } from '../../ui/in-words.ts'
import { Row, Rows } from '../../ui/rows.tsx'
import { Truncate } from '../../ui/truncate.tsx'
import { getQueues } from '../operators-queues/data.ts'
import { deadByModule, deadWords } from '../operators-queues/words.ts'
import { MissingNote } from '../operators-timeline/missing-note.tsx'

/** Whose letters there are, for an address that does not say. */
export function Modules() {
  const known = createAsync(() => getQueues())
  const dead = () => deadByModule(known()?.items ?? [])
  return (
    <Show when={known()}>
      {(answer) => (
        <>
          <MissingNote modules={answer().missing} />
          <Show
            when={dead().length > 0}
            fallback={
              <Card>
                <EmptyState icon={MailCheck} title="Nothing is dead">
                  What fails in all its attempts stands here, until somebody sends it again.
                </EmptyState>
              </Card>
            }
          >
            <Rows label="Modules">
              <For each={dead()}>
                {({ module, dead }) => (
                  <Row
                    icon={MailX}
                    tone="warning"
                    title={<Truncate text={capitalized(module)} href={`/operators/dead-letters?module=${module}`} />}
                  >
                    {deadWords(dead)}
                  </Row>
                )}
              </For>
            </Rows>
          </Show>
        </>
      )}
    </Show>
  )
}

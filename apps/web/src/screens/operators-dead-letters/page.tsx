import { createAsync, useSearchParams } from '@solidjs/router'
import MailCheck from 'lucide-solid/icons/mail-check'
import SearchX from 'lucide-solid/icons/search-x'
import { Show } from 'solid-js'
import { readAgain } from '../../api/read-again.ts'
import { getSession } from '../../account/data.ts'
import { OperatorsOnly } from '../../account/operators-only.tsx'
import { BackLink } from '../../ui/back-link.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Heading } from '../../ui/heading.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { Stack } from '../../ui/stack.tsx'
import { getQueues } from '../operators-queues/data.ts'
import { getDeadLetters } from './data.ts'
import { Letters } from './letters.tsx'
import { Modules } from './modules.tsx'

export function DeadLetters() {
  useTitle('Dead letters')
  const [search] = useSearchParams<{ module: string; cursor: string }>()
  return (
    <Stack>
      <Region reads={[getSession.key]} heights={[3.5, 4, 4, 4]}>
        <OperatorsOnly title="Dead letters">
          <div>
            <BackLink href="/operators/queues" label="Queues" />
            <Heading title={search.module ? `Dead letters of ${search.module}` : 'Dead letters'}>
              Events and jobs that failed in all their attempts, and wait for somebody to mend why. Sent again, each has
              ten more.
            </Heading>
          </div>
          <Region reads={[getDeadLetters.key, getQueues.key]} heights={[2.25, 4, 4, 4]}>
            <Show when={search.module} fallback={<Modules />} keyed>
              {(module) => <OfModule module={module} cursor={search.cursor} />}
            </Show>
          </Region>
        </OperatorsOnly>
      </Region>
    </Stack>
  )
}

function OfModule(props: { module: string; cursor: string | undefined }) {
  const page = createAsync(() => getDeadLetters(props.module, props.cursor))
  return (
    <Show when={page() !== undefined}>
      <Show
        when={page()}
        fallback={
          <Card>
            <EmptyState
              icon={SearchX}
              title="No module has this name"
              action={<ButtonLink href="/operators/queues">Queues</ButtonLink>}
            >
              It was renamed, or the address has a typo.
            </EmptyState>
          </Card>
        }
      >
        {(known) => (
          <Letters
            module={props.module}
            page={known()}
            again={() => readAgain(getDeadLetters, props.module, props.cursor)}
            empty={
              <EmptyState icon={MailCheck} title="Nothing is dead">
                What this module promised was done, or is still being tried.
              </EmptyState>
            }
          />
        )}
      </Show>
    </Show>
  )
}

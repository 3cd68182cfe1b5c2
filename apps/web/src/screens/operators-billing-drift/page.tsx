import { createAsync, revalidate, useAction, useSearchParams } from '@solidjs/router'
import Scale from 'lucide-solid/icons/scale'
import { createEffect, onCleanup, Show } from 'solid-js'
import { getSession } from '../../account/data.ts'
import { OperatorsOnly } from '../../account/operators-only.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Heading } from '../../ui/heading.tsx'
import { createLasting } from '../../ui/lasting.ts'
import { Listing } from '../../ui/listing.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { Stack } from '../../ui/stack.tsx'
import { toast } from '../../ui/toast.ts'
import { getReconciliations, startReconciliation } from './data.ts'
import { RunRow } from './run-row.tsx'

/** Milliseconds between two looks at a comparison that goes on. */
const lookAgain = 1500

export function Drift() {
  useTitle('Drift')
  const [search] = useSearchParams<{ cursor: string }>()
  return (
    <Stack>
      <Region reads={[getSession.key]} heights={[3.5, 4, 4, 4]}>
        <OperatorsOnly title="Drift">
          <Heading title="Drift" action={<Compare />}>
            What we have is compared with the payment provider every night; what differs is repaired, and stands here.
          </Heading>
          <Region reads={[getReconciliations.key]} heights={[4, 4, 4, 4]}>
            <Runs cursor={search.cursor} />
          </Region>
        </OperatorsOnly>
      </Region>
    </Stack>
  )
}

function Compare() {
  const start = useAction(startReconciliation)
  const compare = async () => {
    await start()
    toast({ title: 'The comparison has begun' })
  }
  return (
    <Button action={compare}>
      <Scale size={16} />
      Compare now
    </Button>
  )
}

function Runs(props: { cursor: string | undefined }) {
  const page = createAsync(() => getReconciliations(props.cursor))
  // Rows that are read again stay the same rows, and open where somebody opened them.
  const runs = createLasting(
    () => page()?.items ?? [],
    ({ id }) => id,
  )
  createEffect(() => {
    if (!page()?.items.some(({ state }) => state === 'running')) return
    const waiting = setInterval(() => void revalidate(getReconciliations.key), lookAgain)
    onCleanup(() => clearInterval(waiting))
  })
  return (
    <Show when={page()}>
      {(known) => (
        <Listing
          label="Comparisons"
          page={{ items: runs(), nextCursor: known().nextCursor }}
          icon={Scale}
          empty={
            <EmptyState icon={Scale} title="Nothing was compared yet">
              It happens every night. It can be done now as well, as often as you like: what is the same is left alone.
            </EmptyState>
          }
        >
          {(run) => <RunRow run={run} />}
        </Listing>
      )}
    </Show>
  )
}

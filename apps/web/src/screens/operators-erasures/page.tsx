import { createAsync, useSearchParams } from '@solidjs/router'
import Eraser from 'lucide-solid/icons/eraser'
import { Show } from 'solid-js'
import { getSession } from '../../account/data.ts'
import { OperatorsOnly } from '../../account/operators-only.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Heading } from '../../ui/heading.tsx'
import { Listing } from '../../ui/listing.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { Stack } from '../../ui/stack.tsx'
import { getErasures } from './data.ts'
import { ErasureRow } from './erasure-row.tsx'

export function Erasures() {
  useTitle('Erasures')
  return (
    <Stack>
      <Region reads={[getSession.key]} heights={[3.5, 4, 4, 4]}>
        <OperatorsOnly title="Erasures">
          <Heading title="Erasures">
            Accounts and organisations that were deleted, newest first. A receipt has ids and counts, and nobody’s name.
          </Heading>
          <Region reads={[getErasures.key]} heights={[4, 4, 4, 4]}>
            <List />
          </Region>
        </OperatorsOnly>
      </Region>
    </Stack>
  )
}

function List() {
  const [search] = useSearchParams<{ cursor: string }>()
  const page = createAsync(() => getErasures(search.cursor))
  return (
    <Show when={page()}>
      {(known) => (
        <Listing
          label="Erasures"
          page={known()}
          icon={Eraser}
          empty={
            <EmptyState icon={Eraser} title="Nothing was erased yet">
              When somebody deletes their account or an organisation, what went stands here.
            </EmptyState>
          }
        >
          {(erasure) => <ErasureRow erasure={erasure} />}
        </Listing>
      )}
    </Show>
  )
}

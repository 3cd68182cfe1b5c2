import SearchX from 'lucide-solid/icons/search-x'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'

/** Nothing was found by what stands in the address. Ids must be whole; a name has an id among the organisations. */
export function NothingLikeThat(props: { title: string; typed: string; all: string; isWhole: boolean }) {
  return (
    <EmptyState
      icon={SearchX}
      title={props.title}
      action={
        props.isWhole ? (
          <ButtonLink href={props.all}>Show all</ButtonLink>
        ) : (
          <ButtonLink href={`/operators/organizations?query=${encodeURIComponent(props.typed)}`}>
            Look for it by name
          </ButtonLink>
        )
      }
    >
      {props.isWhole
        ? 'Nothing fits all of the filters. Take one away.'
        : 'An id must be whole here. Organisations can be looked for by name, and have a link back.'}
    </EmptyState>
  )
}

import { createAsync, useSearchParams } from '@solidjs/router'
import Building from 'lucide-solid/icons/building'
import SearchX from 'lucide-solid/icons/search-x'
import { Show } from 'solid-js'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Listing } from '../../ui/listing.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { SearchScreen } from '../operators-users/search-screen.tsx'
import { parseSearch } from '../operators-users/states.ts'
import { getOrganizationsFound } from './data.ts'
import { OrganizationRow } from './organization-row.tsx'

export function OperatorOrganizations() {
  return (
    <SearchScreen
      title="Organisations"
      lead="All of them, people’s own included, newest first; a search brings the likest first."
      what="organisations"
      placeholder="Name or id"
      reads={getOrganizationsFound.key}
    >
      <Found />
    </SearchScreen>
  )
}

function Found() {
  const [search] = useSearchParams<{ query: string; state: string; cursor: string }>()
  const page = createAsync(() => getOrganizationsFound(parseSearch(search), search.cursor))
  return (
    <Show when={page()}>
      {(known) => (
        <Listing
          label="Organisations"
          page={known()}
          icon={Building}
          oldestFirst={search.query !== undefined}
          empty={
            <EmptyState
              icon={SearchX}
              title="No organisation like that"
              action={<ButtonLink href="/operators/organizations">Show all</ButtonLink>}
            >
              Part of a name will do, and a slip of the finger is forgiven. An id must be whole.
            </EmptyState>
          }
        >
          {(organization) => (
            <OrganizationRow organization={organization}>
              since <CalendarDate at={organization.createdAt} short />
            </OrganizationRow>
          )}
        </Listing>
      )}
    </Show>
  )
}

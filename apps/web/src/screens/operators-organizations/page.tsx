import { createAsync, useSearchParams } from '@solidjs/router'
import Building from 'lucide-solid/icons/building'
import SearchX from 'lucide-solid/icons/search-x'
import { Show } from 'solid-js'
import { getSession } from '../../account/data.ts'
import { OperatorsOnly } from '../../account/operators-only.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FilterSelect } from '../../ui/filter-select.tsx'
import { Heading } from '../../ui/heading.tsx'
import { ListTools } from '../../ui/list-tools.tsx'
import { Listing } from '../../ui/listing.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { Stack } from '../../ui/stack.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { parseSearch, stateOptions } from '../operators-users/states.ts'
import { getOrganizationsFound } from './data.ts'
import { OrganizationRow } from './organization-row.tsx'

export function OperatorOrganizations() {
  useTitle('Organisations')
  return (
    <Stack>
      <Region reads={[getSession.key]} heights={[3.5, 2.25, 4, 4, 4]}>
        <OperatorsOnly title="Organisations">
          <Heading title="Organisations">
            All of them, people’s own included, newest first; a search brings the likest first.
          </Heading>
          <ListTools label="Find organisations">
            <SearchField label="Search organisations" placeholder="Name or id" />
            <FilterSelect label="State" param="state" any="Any state" options={stateOptions} />
          </ListTools>
          <Region reads={[getOrganizationsFound.key]} heights={[4, 4, 4, 4, 4]}>
            <Found />
          </Region>
        </OperatorsOnly>
      </Region>
    </Stack>
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

import { createAsync, useSearchParams } from '@solidjs/router'
import SearchX from 'lucide-solid/icons/search-x'
import UsersRound from 'lucide-solid/icons/users-round'
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
import { getUsers } from './data.ts'
import { parseSearch, stateOptions } from './states.ts'
import { UserRow } from './user-row.tsx'

export function OperatorUsers() {
  useTitle('People')
  return (
    <Stack>
      <Region reads={[getSession.key]} heights={[3.5, 2.25, 4, 4, 4]}>
        <OperatorsOnly title="People">
          <Heading title="People">
            Everybody who has an account, newest first; a search brings the likest first.
          </Heading>
          <ListTools label="Find people">
            <SearchField label="Search people" placeholder="Name, address or id" />
            <FilterSelect label="State" param="state" any="Any state" options={stateOptions} />
          </ListTools>
          <Region reads={[getUsers.key]} heights={[4, 4, 4, 4, 4]}>
            <Found />
          </Region>
        </OperatorsOnly>
      </Region>
    </Stack>
  )
}

function Found() {
  const [search] = useSearchParams<{ query: string; state: string; cursor: string }>()
  const page = createAsync(() => getUsers(parseSearch(search), search.cursor))
  return (
    <Show when={page()}>
      {(known) => (
        <Listing
          label="People"
          page={known()}
          icon={UsersRound}
          oldestFirst={search.query !== undefined}
          empty={
            <EmptyState
              icon={SearchX}
              title="Nobody like that"
              action={<ButtonLink href="/operators/users">Show everybody</ButtonLink>}
            >
              Part of a name or of an address will do, and a slip of the finger is forgiven. An id must be whole.
            </EmptyState>
          }
        >
          {(user) => (
            <UserRow user={user}>
              {organizations(user.organizationCount)} · since <CalendarDate at={user.createdAt} short />
            </UserRow>
          )}
        </Listing>
      )}
    </Show>
  )
}

function organizations(count: number): string {
  return count === 1 ? '1 organisation' : `${count} organisations`
}

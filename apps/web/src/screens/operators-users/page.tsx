import { createAsync, useSearchParams } from '@solidjs/router'
import SearchX from 'lucide-solid/icons/search-x'
import UsersRound from 'lucide-solid/icons/users-round'
import { Show } from 'solid-js'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Listing } from '../../ui/listing.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { getUsers } from './data.ts'
import { SearchScreen } from './search-screen.tsx'
import { parseSearch } from './states.ts'
import { UserRow } from './user-row.tsx'

export function OperatorUsers() {
  return (
    <SearchScreen
      title="People"
      lead="Everybody who has an account, newest first; a search brings the likest first."
      what="people"
      placeholder="Name, address or id"
      reads={getUsers.key}
    >
      <Found />
    </SearchScreen>
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

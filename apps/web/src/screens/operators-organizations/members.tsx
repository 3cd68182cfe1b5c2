import { createAsync, useSearchParams } from '@solidjs/router'
import SearchX from 'lucide-solid/icons/search-x'
import UsersRound from 'lucide-solid/icons/users-round'
import { Show } from 'solid-js'
import { roles, roleWords } from '../../account/roles.ts'
import { Badge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FilterSelect } from '../../ui/filter-select.tsx'
import { ListTools } from '../../ui/list-tools.tsx'
import { Listing } from '../../ui/listing.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { UserRow } from '../operators-users/user-row.tsx'
import { getOrganizationMembers, type MemberSearch } from './data.ts'

/** Of any organisation, page by page. */
export function Members(props: { id: string }) {
  const [search] = useSearchParams<{ query: string; role: string; cursor: string }>()
  const page = createAsync(() => getOrganizationMembers(props.id, parseMemberSearch(search), search.cursor))
  return (
    <>
      <ListTools label="Find members">
        <SearchField label="Search members" placeholder="Name or address" />
        <FilterSelect
          label="Role"
          param="role"
          any="Any role"
          options={roles.toReversed().map((value) => ({ value, label: `${roleWords[value].label}s` }))}
        />
      </ListTools>
      <Show when={page()}>
        {(known) => (
          <Listing
            oldestFirst
            stay
            label="Members"
            page={known()}
            icon={UsersRound}
            empty={
              <EmptyState
                icon={SearchX}
                title="Nobody like that is in it"
                action={<ButtonLink href={`/operators/organizations/${props.id}`}>Show everybody</ButtonLink>}
              >
                No member fits what you look for.
              </EmptyState>
            }
          >
            {({ user, role, joinedAt }) => (
              <UserRow user={user} badge={<Badge>{roleWords[role].label}</Badge>}>
                joined <CalendarDate at={joinedAt} short />
              </UserRow>
            )}
          </Listing>
        )}
      </Show>
    </>
  )
}

function parseMemberSearch({ query, role }: Record<string, string | string[] | undefined>): MemberSearch {
  const text = typeof query === 'string' ? query.trim().slice(0, 100).trim() : ''
  const known = roles.find((one) => one === role)
  return { ...(text !== '' && { query: text }), ...(known && { role: known }) }
}

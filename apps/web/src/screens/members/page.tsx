import { ranksAtLeast } from '@lightpress/protocol'
import type { Organization } from '@lightpress/users-contract'
import { createAsync, useSearchParams } from '@solidjs/router'
import SearchX from 'lucide-solid/icons/search-x'
import UsersRound from 'lucide-solid/icons/users-round'
import { createSignal, Show, Suspense } from 'solid-js'
import { getActiveId, getMe, getOrganizations } from '../../account/data.ts'
import { createLookOnly, LookOnlyNote } from '../../account/look-only.tsx'
import { OfOrganization } from '../../account/of-organization.tsx'
import { roles, roleWords } from '../../account/roles.ts'
import { screen } from '../../screen.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FilterSelect } from '../../ui/filter-select.tsx'
import { formats } from '../../ui/formats.ts'
import { Heading } from '../../ui/heading.tsx'
import { createLasting } from '../../ui/lasting.ts'
import { ListTools } from '../../ui/list-tools.tsx'
import { Listing } from '../../ui/listing.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { Stack } from '../../ui/stack.tsx'
import type { Asked } from './ask.tsx'
import { getMembers } from './data.ts'
import { parseFilter } from './filter.ts'
import { createInviting } from './inviting.tsx'
import { MemberRow } from './member-row.tsx'
import { PeopleTabs } from './people-tabs.tsx'

const Ask = screen(() => import('./ask.tsx'), 'Ask')

export function Members() {
  useTitle('Members')
  return (
    <Stack>
      <h1 class="unseen">Members</h1>
      <Region reads={[getOrganizations.key, getActiveId.key]} heights={[3.5, 2.25, 4, 4, 4]}>
        <OfOrganization>{(organization) => <People organization={organization()} />}</OfOrganization>
      </Region>
    </Stack>
  )
}

function People(props: { organization: Organization }) {
  const lookOnly = createLookOnly()
  const { InviteButton, Inviting } = createInviting(() => props.organization)
  const manages = () => ranksAtLeast(props.organization.role, 'admin')
  return (
    <Stack>
      <Heading
        level={2}
        title="Members"
        action={
          <Show when={manages() && !lookOnly()}>
            <InviteButton />
          </Show>
        }
      >
        {countWords(props.organization, formats().locale)}
      </Heading>
      <Show when={manages()}>
        <PeopleTabs />
        <LookOnlyNote when={lookOnly()} />
      </Show>
      <ListTools label="Find members">
        <SearchField label="Search members" placeholder="Name or address" />
        <FilterSelect
          label="Role"
          param="role"
          any="Any role"
          options={roles.toReversed().map((value) => ({ value, label: `${roleWords[value].label}s` }))}
        />
      </ListTools>
      <Region reads={[getMembers.key, getMe.key]} heights={[4, 4, 4, 4, 4]}>
        <List organization={props.organization} lookOnly={lookOnly()} />
      </Region>
      <Inviting />
    </Stack>
  )
}

function List(props: { organization: Organization; lookOnly: boolean }) {
  const [search] = useSearchParams<{ query: string; role: string; cursor: string }>()
  const me = createAsync(() => getMe())
  const page = createAsync(() => getMembers(props.organization.id, parseFilter(search), search.cursor))
  const members = createLasting(
    () => page()?.items ?? [],
    ({ userId }) => userId,
  )
  const [asked, setAsked] = createSignal<Asked>()
  const ask = (what: Asked) => Ask.preload().then(() => setAsked(what))
  return (
    <Show when={page()}>
      {(known) => (
        <>
          <Listing
            oldestFirst
            label="Members"
            page={{ items: members(), nextCursor: known().nextCursor }}
            icon={UsersRound}
            empty={
              <EmptyState
                icon={SearchX}
                title="Nobody like that is here"
                action={<ButtonLink href="/organization/members">Show everybody</ButtonLink>}
              >
                No member of {props.organization.name} fits what you look for.
              </EmptyState>
            }
          >
            {(member) => (
              <MemberRow
                member={member}
                organization={props.organization}
                own={member.userId === me()?.id}
                lookOnly={props.lookOnly}
                ask={ask}
              />
            )}
          </Listing>
          <Suspense>
            <Show when={asked()} keyed>
              {(what) => <Ask {...what} organization={props.organization} onClose={() => setAsked(undefined)} />}
            </Show>
          </Suspense>
        </>
      )}
    </Show>
  )
}

function countWords({ name, memberCount }: Organization, locale: string): string {
  return memberCount === 1 ? `You are alone in ${name}.` : `${memberCount.toLocaleString(locale)} people in ${name}.`
}

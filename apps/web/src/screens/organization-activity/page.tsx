import type { Organization } from '@lightpress/users-contract'
import { createAsync, useSearchParams } from '@solidjs/router'
import ActivityIcon from 'lucide-solid/icons/activity'
import { Show } from 'solid-js'
import { getActiveId, getMe, getOrganizations } from '../../account/data.ts'
import { OfOrganization } from '../../account/of-organization.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FilterDay } from '../../ui/filter-day.tsx'
import { FilterSelect } from '../../ui/filter-select.tsx'
import { Heading } from '../../ui/heading.tsx'
import { ListTools } from '../../ui/list-tools.tsx'
import { Listing } from '../../ui/listing.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { Stack } from '../../ui/stack.tsx'
import { ActivityRow } from './activity-row.tsx'
import { ActorFilter } from './actor-filter.tsx'
import { getOrganizationActivity } from './data.ts'
import { parseFilter } from './filter.ts'
import { activityActions } from './sentence.ts'

export function OrganizationActivity() {
  useTitle('Activity')
  return (
    <Stack>
      <h1 class="unseen">Activity</h1>
      <Region reads={[getOrganizations.key, getActiveId.key]} heights={[3.5, 2.25, 3.75, 3.75, 3.75]}>
        <OfOrganization atLeast="admin" what="see what happened in it">
          {(organization) => <Log organization={organization()} />}
        </OfOrganization>
      </Region>
    </Stack>
  )
}

function Log(props: { organization: Organization }) {
  return (
    <Stack>
      <Heading level={2} title="Activity">
        What happened in {props.organization.name}, newest first.
      </Heading>
      <Region reads={[getOrganizationActivity.key, getMe.key]} heights={[2.25, 3.75, 3.75, 3.75, 3.75]}>
        <Entries organization={props.organization} />
      </Region>
    </Stack>
  )
}

function Entries(props: { organization: Organization }) {
  const [search] = useSearchParams<{ action: string; actor: string; from: string; until: string; cursor: string }>()
  const filter = () => parseFilter(search)
  const isSet = () => Object.keys(filter()).length > 0
  // The days of the filter are those of the person's zone, which their profile says.
  const me = createAsync(() => getMe())
  const page = createAsync(async () => {
    const timeZone = me()?.timeZone
    return timeZone === undefined
      ? undefined
      : getOrganizationActivity(props.organization.id, filter(), timeZone, search.cursor)
  })
  const actorName = () => page()?.items.find(({ actor }) => actor?.id === search.actor)?.actor?.name ?? undefined
  return (
    <Show when={page()}>
      {(known) => (
        <Stack>
          <ListTools label="Find activity">
            <FilterSelect label="What happened" param="action" any="Anything" options={activityActions} />
            <ActorFilter organizationId={props.organization.id} known={actorName()} />
            <FilterDay label="From" param="from" />
            <FilterDay label="Until" param="until" />
            <Show when={isSet()}>
              <ButtonLink href="/organization/activity" variant="quiet" noScroll>
                Clear
              </ButtonLink>
            </Show>
          </ListTools>
          <Listing
            label="Activity"
            page={known()}
            icon={ActivityIcon}
            empty={
              <Show
                when={isSet()}
                fallback={
                  <EmptyState icon={ActivityIcon} title="Nothing has happened yet">
                    Who joined, who left, and who changed what is told here.
                  </EmptyState>
                }
              >
                <EmptyState icon={ActivityIcon} title="Nothing like that happened">
                  No entry fits the filter. Take a part of it away, or look at other days.
                </EmptyState>
              </Show>
            }
          >
            {(activity) => <ActivityRow activity={activity} />}
          </Listing>
        </Stack>
      )}
    </Show>
  )
}

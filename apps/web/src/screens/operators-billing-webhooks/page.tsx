import { createAsync, useSearchParams } from '@solidjs/router'
import Webhook from 'lucide-solid/icons/webhook'
import { Show } from 'solid-js'
import { getSession } from '../../account/data.ts'
import { OperatorsOnly } from '../../account/operators-only.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FilterSelect } from '../../ui/filter-select.tsx'
import { Heading } from '../../ui/heading.tsx'
import { ListTools } from '../../ui/list-tools.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { Stack } from '../../ui/stack.tsx'
import { eventOutcomes } from '../operators-billing/event-words.ts'
import { Findings } from '../operators-billing/findings.tsx'
import { parseEventSearch } from '../operators-billing/search.ts'
import { StripeEventRow } from '../operators-billing/stripe-event-row.tsx'
import { getStripeEvents } from './data.ts'

const outcomes = Object.entries(eventOutcomes).map(([value, { label }]) => ({ value, label }))

export function Webhooks() {
  useTitle('Webhooks')
  return (
    <Stack>
      <Region reads={[getSession.key]} heights={[3.5, 2.25, 4, 4, 4]}>
        <OperatorsOnly title="Webhooks">
          <Heading title="Webhooks">
            What the payment provider told us in the last sixty days, newest first, and what became of it.
          </Heading>
          <ListTools label="Find webhooks">
            <SearchField label="Type" placeholder="Type begins with: invoice." param="type" />
            <SearchField label="Organisation" placeholder="Id of an organisation" param="organization" />
            <FilterSelect label="Outcome" param="outcome" any="Any outcome" options={outcomes} />
          </ListTools>
          <Region reads={[getStripeEvents.key]} heights={[4, 4, 4, 4, 4]}>
            <Found />
          </Region>
        </OperatorsOnly>
      </Region>
    </Stack>
  )
}

function Found() {
  const [search] = useSearchParams<{ type: string; organization: string; outcome: string; cursor: string }>()
  const wanted = () => parseEventSearch(search)
  const page = createAsync(() => getStripeEvents(wanted(), search.cursor))
  return (
    <Show when={page()}>
      {(known) => (
        <Findings
          label="Webhooks"
          page={known()}
          icon={Webhook}
          wanted={wanted()}
          organization={search.organization}
          empty={
            <EmptyState icon={Webhook} title="Nothing came yet">
              When the payment provider tells of something, it stands here within a second. If nothing comes though
              somebody paid, look at its list of endpoints.
            </EmptyState>
          }
          none="No webhook like that"
          all="/operators/webhooks"
        >
          {(event) => <StripeEventRow event={event} linked />}
        </Findings>
      )}
    </Show>
  )
}

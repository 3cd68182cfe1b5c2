import { createAsync, useSearchParams } from '@solidjs/router'
import Mail from 'lucide-solid/icons/mail'
import SearchX from 'lucide-solid/icons/search-x'
import { Show } from 'solid-js'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FilterSelect } from '../../ui/filter-select.tsx'
import { Listing } from '../../ui/listing.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { ListScreen } from '../operators-users/list-screen.tsx'
import { getMessages } from './data.ts'
import { MessageRow } from './message-row.tsx'
import { parseMailSearch } from './search.ts'
import { statusOptions, templateOptions } from './words.ts'

export function Messages() {
  return (
    <ListScreen
      title="E-mails"
      lead="All that was sent, and what was to be sent and was not, newest first. Addresses are forgotten after thirty days."
      find="Find e-mails"
      tools={
        <>
          <SearchField label="Person" placeholder="Address or id of a person" param="person" />
          <SearchField label="Organisation" placeholder="Id of an organisation" param="organization" />
          <FilterSelect label="Status" param="status" any="Any status" options={statusOptions} />
          <FilterSelect label="Template" param="template" any="Any template" options={templateOptions} />
        </>
      }
      reads={getMessages.key}
    >
      <Found />
    </ListScreen>
  )
}

function Found() {
  const [search] = useSearchParams<Record<'person' | 'organization' | 'status' | 'template' | 'cursor', string>>()
  const wanted = () => parseMailSearch(search)
  const page = createAsync(() => getMessages(wanted(), search.cursor))
  return (
    <Show when={page()}>
      {(known) => (
        <Listing label="E-mails" page={known()} icon={Mail} empty={<None wanted={wanted()} />}>
          {(message) => <MessageRow message={message} />}
        </Listing>
      )}
    </Show>
  )
}

function None(props: { wanted: object | null }) {
  return (
    <Show
      when={props.wanted === null || Object.keys(props.wanted).length > 0}
      fallback={
        <EmptyState icon={Mail} title="Nothing was sent yet">
          The first e-mail of the product stands here as soon as there is a reason for it.
        </EmptyState>
      }
    >
      <EmptyState
        icon={SearchX}
        title="No e-mail like that"
        action={<ButtonLink href="/operators/messages">Show all</ButtonLink>}
      >
        {props.wanted === null
          ? 'An address or an id must be whole here. People and organisations can be looked for by name, and have a link back.'
          : 'Nothing fits all of the filters. An address is forgotten after thirty days; the id of its person is not.'}
      </EmptyState>
    </Show>
  )
}

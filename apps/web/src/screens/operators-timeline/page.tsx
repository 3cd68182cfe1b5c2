import { createAsync, useSearchParams } from '@solidjs/router'
import { createMemo, For, Match, Show, Switch } from 'solid-js'
import { getSession } from '../../account/data.ts'
import { OperatorsOnly } from '../../account/operators-only.tsx'
import { Heading } from '../../ui/heading.tsx'
import { ListTools } from '../../ui/list-tools.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Pager } from '../../ui/pager.tsx'
import { Region } from '../../ui/region.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { Stack } from '../../ui/stack.tsx'
import { getTimeline } from './data.ts'
import { groupByRequest } from './group.ts'
import { MissingNote } from './missing-note.tsx'
import { OrganizationLink, PersonLink } from './names.tsx'
import { NothingToTell } from './nothing-to-tell.tsx'
import { RequestCard } from './request-card.tsx'
import styles from './request-card.module.css'
import { parseSubject, type Subject } from './subject.ts'

type Search = Record<'requestId' | 'userId' | 'organizationId' | 'cursor', string>

export function Timeline() {
  useTitle('Timeline')
  const [search] = useSearchParams<Search>()
  const subject = createMemo(() => parseSubject(search))
  return (
    <Stack>
      <Region reads={[getSession.key]} heights={[3.5, 2.25, 12, 12]}>
        <OperatorsOnly title="Timeline">
          <Heading title="Timeline">
            <Lead subject={subject()} />
          </Heading>
          <ListTools label="Find a request">
            <SearchField label="Request" placeholder="Id of a request, from an error or a log" param="requestId" />
          </ListTools>
          <Region reads={[getTimeline.key]} heights={[12, 12, 12]}>
            <Requests subject={subject()} cursor={search.cursor} />
          </Region>
        </OperatorsOnly>
      </Region>
    </Stack>
  )
}

function Lead(props: { subject: Subject | null | undefined }) {
  const of = <Name extends string>(name: Name) => {
    const { subject } = props
    return subject && name in subject ? (subject as Record<Name, string>)[name] : undefined
  }
  return (
    <Switch fallback="From a request to the event, the job, and the e-mail, webhook or charge that came of it.">
      <Match when={of('requestId')}>What came of one request, in the order in which it did.</Match>
      <Match when={of('userId')}>
        {(id) => (
          <>
            What happened to <PersonLink id={id()} />, and what came of it. The newest request is first.
          </>
        )}
      </Match>
      <Match when={of('organizationId')}>
        {(id) => (
          <>
            What happened in <OrganizationLink id={id()} />, and what came of it. The newest request is first.
          </>
        )}
      </Match>
    </Switch>
  )
}

function Requests(props: { subject: Subject | null | undefined; cursor: string | undefined }) {
  const page = createAsync(() => getTimeline(props.subject, props.cursor))
  return (
    <Show when={page()}>
      {(known) => (
        <>
          <MissingNote modules={known().missing} />
          <Show
            when={known().items.length > 0}
            fallback={<NothingToTell subject={props.subject} isFirst={props.cursor === undefined} />}
          >
            <ul class={styles.requests} aria-label="Requests">
              <For
                each={groupByRequest(known().items, {
                  older: known().nextCursor !== null,
                  newer: props.cursor !== undefined,
                })}
              >
                {(request) => <RequestCard request={request} whole={!!props.subject && 'requestId' in props.subject} />}
              </For>
            </ul>
          </Show>
          <Pager label="Pages of the timeline" param="cursor" next={known().nextCursor} />
        </>
      )}
    </Show>
  )
}

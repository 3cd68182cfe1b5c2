import { For, Show } from 'solid-js'
import { Fact, Facts, IdFact } from '../../ui/facts.tsx'
import { capitalized, inWords } from '../../ui/in-words.ts'
import { isId } from '../../ui/search-params.ts'
import { Time } from '../../ui/time.tsx'
import { idOf, type TrailNode } from './group.ts'
import { OrganizationLink, PersonLink } from './names.tsx'

/** All that was recorded of it, to be followed and copied. */
export function NodeFacts(props: { items: TrailNode['items'] }) {
  const first = () => props.items[0]
  const details = () => Object.entries(first().details)
  return (
    <Facts>
      <Fact term="Name">
        <code>{first().type}</code>
      </Fact>
      <IdFact id={idOf(first())} />
      <Fact term="When">
        <Time at={first().at} />
        <code>{first().at}</code>
      </Fact>
      <Show when={first().userId}>
        {(id) => (
          <Fact term="Person">
            <PersonLink id={id()} />
          </Fact>
        )}
      </Show>
      <Show when={first().organizationId}>
        {(id) => (
          <Fact term="Organisation">
            <OrganizationLink id={id()} />
          </Fact>
        )}
      </Show>
      <For each={details()}>{([name, value]) => <Detail term={capitalized(inWords(name))} value={value} />}</For>
    </Facts>
  )
}

function Detail(props: { term: string; value: string }) {
  return (
    <Show when={!isId(props.value)} fallback={<IdFact term={props.term} id={props.value} />}>
      <Fact term={props.term}>
        <Show when={isMoment(props.value)} fallback={props.value}>
          <Time at={props.value} />
        </Show>
      </Fact>
    </Show>
  )
}

function isMoment(value: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value)
}

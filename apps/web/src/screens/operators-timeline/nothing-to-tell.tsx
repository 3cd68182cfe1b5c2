import ListTree from 'lucide-solid/icons/list-tree'
import SearchX from 'lucide-solid/icons/search-x'
import { Match, Switch } from 'solid-js'
import { ButtonLink } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { EmptyPage, EmptyState } from '../../ui/empty-state.tsx'
import type { Subject } from './subject.ts'

/** Why nothing stands there, and how to get to something. */
export function NothingToTell(props: { subject: Subject | null | undefined; isFirst: boolean }) {
  return (
    <Card>
      <Switch
        fallback={
          <EmptyState icon={SearchX} title="Nothing is known of it">
            What went well is remembered for thirty days. If it is newer, the id may have a typo.
          </EmptyState>
        }
      >
        <Match when={!props.isFirst}>
          <EmptyPage icon={ListTree} />
        </Match>
        <Match when={props.subject === undefined}>
          <EmptyState
            icon={ListTree}
            title="Of whom, or of what?"
            action={<ButtonLink href="/operators/users">Look for a person</ButtonLink>}
          >
            Open it from a person, an organisation, an e-mail or the audit log, or paste the id of a request: whoever
            met an error has it on their screen.
          </EmptyState>
        </Match>
        <Match when={props.subject === null}>
          <EmptyState
            icon={SearchX}
            title="No id looks like that"
            action={<ButtonLink href="/operators/timeline">Begin anew</ButtonLink>}
          >
            An id must be whole. People and organisations can be looked for by name, and have a link back.
          </EmptyState>
        </Match>
      </Switch>
    </Card>
  )
}

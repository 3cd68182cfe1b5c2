import Archive from 'lucide-solid/icons/archive'
import Inbox from 'lucide-solid/icons/inbox'
import MailOpen from 'lucide-solid/icons/mail-open'
import { Match, Show, Switch } from 'solid-js'
import { type Category, categoryWords } from '../../account/categories.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { pathOf, type Show as Part } from './filter.ts'

export const emptyIcons = { inbox: Inbox, unread: MailOpen, archive: Archive }

/** What the place is for, while there is nothing in it. */
export function Nothing(props: { show: Part; category: Category | undefined }) {
  return (
    <Show when={props.category} fallback={<NothingAtAll show={props.show} />}>
      {(category) => (
        <EmptyState
          icon={emptyIcons[props.show]}
          title={`Nothing about ${categoryWords[category()].about} here`}
          action={<ButtonLink href={pathOf(props.show, undefined)}>Show everything</ButtonLink>}
        >
          {categoryWords[category()].contains}
        </EmptyState>
      )}
    </Show>
  )
}

function NothingAtAll(props: { show: Part }) {
  return (
    <Switch>
      <Match when={props.show === 'inbox'}>
        <EmptyState
          icon={Inbox}
          title="Nothing in your inbox"
          action={<ButtonLink href="/notifications/preferences">Choose what reaches you</ButtonLink>}
        >
          Receipts, security notices and news about your organisation arrive here, as they happen. What you are done
          with goes to the archive.
        </EmptyState>
      </Match>
      <Match when={props.show === 'unread'}>
        <EmptyState
          icon={MailOpen}
          title="You have read everything"
          action={<ButtonLink href={pathOf('inbox', undefined)}>Go to the inbox</ButtonLink>}
        >
          What is new stands here until you open it.
        </EmptyState>
      </Match>
      <Match when={props.show === 'archive'}>
        <EmptyState
          icon={Archive}
          title="Nothing in the archive"
          action={<ButtonLink href={pathOf('inbox', undefined)}>Go to the inbox</ButtonLink>}
        >
          Archive what you are done with: it leaves the inbox and is kept here.
        </EmptyState>
      </Match>
    </Switch>
  )
}

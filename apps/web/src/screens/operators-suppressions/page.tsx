import { createAsync, useSearchParams } from '@solidjs/router'
import MailCheck from 'lucide-solid/icons/mail-check'
import SearchX from 'lucide-solid/icons/search-x'
import { Show } from 'solid-js'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { createLasting } from '../../ui/lasting.ts'
import { Listing } from '../../ui/listing.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { ListScreen } from '../operators-users/list-screen.tsx'
import { getSuppressions } from './data.ts'
import { SuppressionRow } from './suppression-row.tsx'

export function Suppressions() {
  return (
    <ListScreen
      title="Suppressions"
      lead="Addresses to which nothing is sent, newest first: mail to them came back for good, or was called spam."
      find="Find suppressions"
      tools={<SearchField label="Address" placeholder="Whole e-mail address" param="address" />}
      reads={getSuppressions.key}
    >
      <Found />
    </ListScreen>
  )
}

function Found() {
  const [search] = useSearchParams<{ address: string; cursor: string }>()
  const address = () => search.address?.trim() || undefined
  const page = createAsync(() => getSuppressions(address(), search.cursor))
  // A row whose dialog is open stays what it is when the list is read again.
  const suppressions = createLasting(
    () => page()?.items ?? [],
    ({ id }) => id,
  )
  return (
    <Show when={page()}>
      {(known) => (
        <Listing
          label="Suppressions"
          page={{ items: suppressions(), nextCursor: known().nextCursor }}
          icon={MailCheck}
          empty={
            <Show
              when={address()}
              fallback={
                <EmptyState icon={MailCheck} title="No address is suppressed">
                  When mail to somebody comes back for good, or they call it spam, their address stands here and nothing
                  is sent to it any more.
                </EmptyState>
              }
            >
              <EmptyState
                icon={SearchX}
                title="This address is not suppressed"
                action={<ButtonLink href="/operators/suppressions">Show all</ButtonLink>}
              >
                An address must be whole here. If somebody says that mail does not reach them, look at what was sent to
                them, under E-mails.
              </EmptyState>
            </Show>
          }
        >
          {(suppression) => <SuppressionRow suppression={suppression} />}
        </Listing>
      )}
    </Show>
  )
}

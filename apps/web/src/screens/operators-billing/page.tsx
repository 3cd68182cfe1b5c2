import { createAsync, useSearchParams } from '@solidjs/router'
import CreditCard from 'lucide-solid/icons/credit-card'
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
import { AccountRow } from './account-row.tsx'
import { getAccounts } from './data.ts'
import { Findings } from './findings.tsx'
import { parseAccountSearch, planOptions, statusOptions } from './search.ts'

export function Subscriptions() {
  useTitle('Subscriptions')
  return (
    <Stack>
      <Region reads={[getSession.key]} heights={[3.5, 2.25, 4, 4, 4]}>
        <OperatorsOnly title="Subscriptions">
          <Heading title="Subscriptions">
            Organisations that are the payment provider’s customers, newest first. What stands here is a copy: the
            provider’s word is what counts.
          </Heading>
          <ListTools label="Find subscriptions">
            <SearchField label="Organisation" placeholder="Id of an organisation" param="organization" />
            <FilterSelect label="Status" param="status" any="Any status" options={statusOptions} />
            <FilterSelect label="Plan" param="plan" any="Any plan" options={planOptions} />
          </ListTools>
          <Region reads={[getAccounts.key]} heights={[4, 4, 4, 4, 4]}>
            <Found />
          </Region>
        </OperatorsOnly>
      </Region>
    </Stack>
  )
}

function Found() {
  const [search] = useSearchParams<{ organization: string; status: string; plan: string; cursor: string }>()
  const wanted = () => parseAccountSearch(search)
  const page = createAsync(() => getAccounts(wanted(), search.cursor))
  return (
    <Show when={page()}>
      {(known) => (
        <Findings
          label="Subscriptions"
          page={known()}
          icon={CreditCard}
          wanted={wanted()}
          organization={search.organization}
          empty={
            <EmptyState icon={CreditCard} title="Nobody is a customer yet">
              An organisation stands here from its first visit to the payment page.
            </EmptyState>
          }
          none="No subscription like that"
          all="/operators/subscriptions"
        >
          {(account) => <AccountRow account={account} />}
        </Findings>
      )}
    </Show>
  )
}

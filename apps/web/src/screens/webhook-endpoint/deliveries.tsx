import type { WebhookEndpoint } from '@lightpress/notifications-contract'
import { createAsync, useSearchParams } from '@solidjs/router'
import SearchX from 'lucide-solid/icons/search-x'
import Send from 'lucide-solid/icons/send'
import { createEffect, onCleanup, Show } from 'solid-js'
import { readAgain } from '../../api/read-again.ts'
import { whileVisible } from '../../live/while-visible.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FilterSelect } from '../../ui/filter-select.tsx'
import { createLasting } from '../../ui/lasting.ts'
import { ListTools } from '../../ui/list-tools.tsx'
import { Listing } from '../../ui/listing.tsx'
import { Stack } from '../../ui/stack.tsx'
import { getWebhookDeliveries, getWebhookEndpoint } from '../webhooks/data.ts'
import { deliveryStatuses, lookAgainAfter } from '../webhooks/delivery-words.ts'
import { loggedTypes } from '../webhooks/event-types.ts'
import { parseFilter } from '../webhooks/filter.ts'
import { DeliveryRow } from './delivery-row.tsx'

/** The newest page is looked at for what is new as well; what is older only changes where something is pending. */
const everyTwentySeconds = 20_000

/** What was sent to it, and what became of it. */
export function Deliveries(props: { endpoint: WebhookEndpoint }) {
  const [search] = useSearchParams<{ status: string; type: string; cursor: string }>()
  const filter = () => parseFilter(search)
  const isSet = () => Object.keys(filter()).length > 0
  const page = createAsync(() => getWebhookDeliveries(props.endpoint.id, filter(), search.cursor))
  const rows = createLasting(
    () => page()?.items ?? [],
    ({ id }) => id,
  )

  const again = () => {
    const waits = (page()?.items ?? []).flatMap((delivery) => lookAgainAfter(delivery, Date.now()) ?? [])
    const forNews = search.cursor === undefined ? [everyTwentySeconds] : []
    return [...waits, ...forNews].toSorted((a, b) => a - b)[0]
  }
  const look = () =>
    Promise.allSettled([
      readAgain(getWebhookDeliveries, props.endpoint.id, filter(), search.cursor),
      readAgain(getWebhookEndpoint, props.endpoint.id),
    ])
  createEffect(() => {
    const milliseconds = again()
    if (milliseconds !== undefined) onCleanup(whileVisible(milliseconds, () => void look()))
  })

  return (
    <Show when={page()}>
      {(known) => (
        <Stack>
          <ListTools label="Find deliveries">
            <FilterSelect label="Status" param="status" any="Any status" options={deliveryStatuses} />
            <FilterSelect label="Event type" param="type" any="Any event type" options={loggedTypes} />
            <Show when={isSet()}>
              <ButtonLink href={`/organization/webhooks/${props.endpoint.id}`} variant="quiet" noScroll>
                Clear
              </ButtonLink>
            </Show>
          </ListTools>
          <Listing
            label="Deliveries"
            page={{ items: rows(), nextCursor: known().nextCursor }}
            icon={Send}
            empty={
              <Show
                when={isSet()}
                fallback={
                  <EmptyState icon={Send} title="Nothing was sent yet">
                    What happens from now on, and every test, is kept here for thirty days: what we sent, and what was
                    answered.
                  </EmptyState>
                }
              >
                <EmptyState icon={SearchX} title="No delivery like that">
                  Nothing of the last thirty days fits the filter. Take a part of it away.
                </EmptyState>
              </Show>
            }
          >
            {(delivery) => <DeliveryRow delivery={delivery} />}
          </Listing>
        </Stack>
      )}
    </Show>
  )
}

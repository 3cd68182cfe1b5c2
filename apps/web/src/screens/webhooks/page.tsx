import { createAsync } from '@solidjs/router'
import Plus from 'lucide-solid/icons/plus'
import Webhook from 'lucide-solid/icons/webhook'
import { createSignal, For, Show, Suspense } from 'solid-js'
import { getActiveId, getMe, getOrganizations } from '../../account/data.ts'
import { createLookOnly, LookOnlyNote } from '../../account/look-only.tsx'
import { OfOrganization } from '../../account/of-organization.tsx'
import { screen } from '../../screen.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Heading } from '../../ui/heading.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { Rows } from '../../ui/rows.tsx'
import { Stack } from '../../ui/stack.tsx'
import { getWebhookEndpoints } from './data.ts'
import { EndpointRow } from './endpoint-row.tsx'

const CreateDialog = screen(() => import('./create-dialog.tsx'), 'CreateDialog')

export function Webhooks() {
  useTitle('Webhooks')
  return (
    <Stack>
      <h1 class="unseen">Webhooks</h1>
      <Region
        reads={[getOrganizations.key, getActiveId.key, getMe.key, getWebhookEndpoints.key]}
        heights={[3, 4, 4, 4]}
      >
        <OfOrganization atLeast="admin" what="see and change where its webhooks go">
          {(organization) => <Endpoints name={organization().name} />}
        </OfOrganization>
      </Region>
    </Stack>
  )
}

function Endpoints(props: { name: string }) {
  const list = createAsync(() => getWebhookEndpoints())
  const me = createAsync(() => getMe())
  const lookOnly = createLookOnly()
  const [creating, setCreating] = createSignal(false)
  const add = () => (
    <Show when={!lookOnly()}>
      <Button variant="primary" action={() => CreateDialog.preload().then(() => setCreating(true))}>
        <Plus size={16} />
        Add endpoint
      </Button>
    </Show>
  )
  return (
    <Show when={list()}>
      {(known) => (
        <Stack>
          <Heading
            level={2}
            title="Webhooks"
            action={<Show when={known().items.length > 0 && known().items.length < known().limit}>{add()}</Show>}
          >
            Your servers are called when something happens in {props.name}.
            <Show when={known().items.length >= known().limit}>
              {' '}
              There are {known().limit} endpoints, and there can be no more: delete one to add another.
            </Show>
          </Heading>
          <LookOnlyNote when={lookOnly()} />
          <Show
            when={known().items.length > 0}
            fallback={
              <Card>
                <EmptyState icon={Webhook} title="No endpoints yet" action={add()}>
                  A webhook tells a server of yours what happens here as it happens: who joined, what was paid. So it
                  need not ask again and again.
                </EmptyState>
              </Card>
            }
          >
            <Rows label="Endpoints">
              <For each={known().items}>{(endpoint) => <EndpointRow endpoint={endpoint} />}</For>
            </Rows>
          </Show>
          <Suspense>
            <Show when={creating() && me()}>
              {(person) => <CreateDialog owner={person().id} onClose={() => setCreating(false)} />}
            </Show>
          </Suspense>
        </Stack>
      )}
    </Show>
  )
}

import type { WebhookDeliveryDetails, WebhookEndpoint } from '@lightpress/notifications-contract'
import { useAction } from '@solidjs/router'
import RotateCcw from 'lucide-solid/icons/rotate-ccw'
import Send from 'lucide-solid/icons/send'
import { createSignal, Show, Suspense } from 'solid-js'
import { screen } from '../../screen.ts'
import { BackLink } from '../../ui/back-link.tsx'
import { Button } from '../../ui/button.tsx'
import { Heading } from '../../ui/heading.tsx'
import { Actions } from '../../ui/settings.tsx'
import { Truncate } from '../../ui/truncate.tsx'
import { testWebhookEndpoint } from '../webhooks/data.ts'
import { EndpointBadge } from '../webhooks/endpoint-badge.tsx'
import styles from './endpoint-heading.module.css'

// With what floats, which is heavy: it comes while the test is under way.
const TestDialog = screen(() => import('./test-dialog.tsx'), 'TestDialog')
const ReplayMissedDialog = screen(() => import('./replay-missed-dialog.tsx'), 'ReplayMissedDialog')

/** Which endpoint it is, and what is done with it often: before it is relied on, and after it was out of order. */
export function EndpointHeading(props: { endpoint: WebhookEndpoint; back: { href: string; label: string } }) {
  const send = useAction(testWebhookEndpoint)
  const [tested, setTested] = createSignal<WebhookDeliveryDetails>()
  const [replaying, setReplaying] = createSignal(false)
  const test = async () => {
    const [delivery] = await Promise.all([send(props.endpoint.id), TestDialog.preload()])
    setTested(delivery)
  }
  return (
    <div class={styles.heading}>
      <BackLink href={props.back.href} label={props.back.label} />
      <Heading
        title={<Truncate text={props.endpoint.url} />}
        beside={<EndpointBadge endpoint={props.endpoint} />}
        action={
          <Actions>
            <Show when={props.endpoint.status === 'enabled'}>
              <Button action={() => ReplayMissedDialog.preload().then(() => setReplaying(true))}>
                <RotateCcw size={16} />
                Replay missed…
              </Button>
            </Show>
            <Button action={test}>
              <Send size={16} />
              Send a test
            </Button>
          </Actions>
        }
      >
        {props.endpoint.description || undefined}
      </Heading>
      <Suspense>
        <Show when={replaying()}>
          <ReplayMissedDialog endpoint={props.endpoint} onClose={() => setReplaying(false)} />
        </Show>
        <Show when={tested()} keyed>
          {(delivery) => <TestDialog delivery={delivery} onClose={() => setTested(undefined)} />}
        </Show>
      </Suspense>
    </div>
  )
}

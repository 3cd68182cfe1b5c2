import type { Suppression } from '@lightpress/notifications-contract'
import { A, useAction } from '@solidjs/router'
import MailX from 'lucide-solid/icons/mail-x'
import { createSignal, Show } from 'solid-js'
import { Badge, type BadgeProps } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Part, Row } from '../../ui/rows.tsx'
import { Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.ts'
import { Truncate } from '../../ui/truncate.tsx'
import { outcomes } from '../operators-messages/words.ts'
import { liftSuppression } from './data.ts'

/** What follows from sending to it again. */
const warnings: Record<Suppression['reason'], string> = {
  bounced:
    'Mail to it came back. If it still does, the address is suppressed again, and too much of that harms what we send to everybody.',
  complained:
    'Its owner called our mail spam. Send to it again only if they asked for that: providers count every complaint.',
}

/** An address that is spared, why, and the way back. */
export function SuppressionRow(props: { suppression: Suppression }) {
  const lift = useAction(liftSuppression)
  const [asking, setAsking] = createSignal(false)
  const reason = (): { label: string; tone: NonNullable<BadgeProps['tone']> } => outcomes[props.suppression.reason]
  const sendAgain = async () => {
    const { id, address } = props.suppression
    await lift(id)
    toast({ title: `Mail goes to ${address} again`, detail: 'What was held back meanwhile is not sent.' })
  }
  return (
    <>
      <Row
        icon={MailX}
        title={<Truncate text={props.suppression.address} />}
        badge={<Badge tone={reason().tone}>{reason().label}</Badge>}
        action={
          <Button
            size="small"
            aria-label={`Send again to this address: ${props.suppression.address}`}
            onClick={() => setAsking(true)}
          >
            Send again to this address
          </Button>
        }
      >
        <Time at={props.suppression.createdAt} />
        <Show when={props.suppression.detail}>{(detail) => <Part>{detail()}</Part>}</Show>
        <Part>
          <A href={`/operators/messages?${new URLSearchParams({ person: props.suppression.address })}`}>its e-mails</A>
        </Part>
      </Row>
      <Show when={asking()}>
        <ConfirmDialog
          title={`Send to ${props.suppression.address} again?`}
          action="Send again"
          variant="primary"
          run={sendAgain}
          onClose={() => setAsking(false)}
        >
          {warnings[props.suppression.reason]}
        </ConfirmDialog>
      </Show>
    </>
  )
}

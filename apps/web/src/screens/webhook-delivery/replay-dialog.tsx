import type { WebhookDeliveryDetails } from '@lightpress/notifications-contract'
import { useAction, useNavigate } from '@solidjs/router'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { toast } from '../../ui/toast.ts'
import { replayWebhookDelivery } from '../webhooks/data.ts'

export interface ReplayDialogProps {
  delivery: WebhookDeliveryDetails
  url: string
  onClose: () => void
}

/** Nothing is destroyed by it, but somebody’s server is made to do something. */
export function ReplayDialog(props: ReplayDialogProps) {
  const replay = useAction(replayWebhookDelivery)
  const navigate = useNavigate()
  const run = async () => {
    const { id, endpointId } = await replay(props.delivery.id)
    toast({ title: 'It is being sent once more' })
    navigate(`/organization/webhooks/${endpointId}/deliveries/${id}`)
  }
  return (
    <ConfirmDialog
      title="Send it once more?"
      action="Replay"
      variant="primary"
      run={run}
      onClose={() => props.onClose()}
    >
      <bdi>{props.url}</bdi> gets the same body with the same <code>webhook-id</code>, signed anew. A server that
      remembers which ids it has taken does nothing twice.
    </ConfirmDialog>
  )
}

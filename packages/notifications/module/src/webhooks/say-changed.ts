import { publish, type Tx } from '@lightpress/kernel'
import { webhookEndpointChanged } from '@lightpress/notifications-contract'
import type { Caller, Payload } from '@lightpress/protocol'

type Changed = Payload<typeof webhookEndpointChanged>

/** Together with the transaction that does it. Of an `anonymous` caller it is said that we did it. */
export async function sayChanged(
  tx: Tx,
  changed: Pick<Changed, 'organizationId' | 'endpointId' | 'change'>,
  { caller: { identity, apiKey } }: { caller: Caller },
): Promise<void> {
  const by = { actorId: identity?.userId ?? null, apiKeyId: apiKey?.apiKeyId ?? null }
  await publish(tx, webhookEndpointChanged, { ...changed, ...by })
}
